import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { awaitLeftovers, leftoversOf, LOCK_VARIABLE, programOf, type Leftover } from "../../../../infra/engine/leftovers.ts";

interface FakeProcess {
  readonly pid: number;
  readonly program: string;
  readonly environment: readonly string[];
  readonly state?: string;
}

async function withProcesses(processes: readonly FakeProcess[], work: (proc: string) => void): Promise<void> {
  const proc = await mkdtemp(join(tmpdir(), "astra-proc-"));
  try {
    for (const { pid, program, environment, state = "S" } of processes) {
      await mkdir(join(proc, String(pid)));
      await writeFile(join(proc, String(pid), "comm"), `${program}\n`);
      await writeFile(join(proc, String(pid), "environ"), environment.map((entry) => `${entry}\0`).join(""));
      await writeFile(join(proc, String(pid), "stat"), `${pid} (${program}) ${state} 1 1`);
    }
    await mkdir(join(proc, "sys"));
    work(proc);
  } finally {
    await rm(proc, { recursive: true });
  }
}

describe("what a killed command has left at work", () => {
  const mine = ["PATH=/bin", `${LOCK_VARIABLE}=one`];

  test("are the deployment programs that it started, and no others", async () => {
    await withProcesses(
      [
        { pid: 11, program: "pulumi", environment: mine },
        { pid: 12, program: "docker-compose", environment: mine },
        { pid: 13, program: "dockerd", environment: mine },
        { pid: 14, program: "pulumi", environment: [`${LOCK_VARIABLE}=other`] },
        { pid: 15, program: "docker", environment: mine, state: "Z" },
      ],
      (proc) => expect(leftoversOf("one", proc).map(({ pid }) => pid)).toEqual([11, 12]),
    );
  });

  test("is nothing where nobody tells of processes", () => {
    expect(leftoversOf("one", "/no/such/folder")).toEqual([]);
  });

  /** A world in which each process ends at a time, or at a signal. */
  function world(ends: Readonly<Record<number, { atMs?: number; bySignal?: string }>>) {
    let nowMs = 0;
    const signals: string[] = [];
    const gone = new Set<number>();
    return {
      signals,
      elapsed: () => nowMs,
      host: {
        leftovers: (): readonly Leftover[] =>
          Object.entries(ends).flatMap(([pid, { atMs }]) => (gone.has(Number(pid)) || (atMs !== undefined && nowMs >= atMs) ? [] : [{ pid: Number(pid), program: "pulumi" }])),
        end: (pid: number, signal: string) => {
          signals.push(`${signal} ${pid}`);
          if (ends[pid]?.bySignal === signal) gone.add(pid);
        },
        now: () => nowMs,
        sleep: (ms: number) => {
          nowMs += ms;
          return Promise.resolve();
        },
      },
    };
  }

  test("is waited for, and not harmed when it ends by itself", async () => {
    const { host, signals, elapsed } = world({ 1: { atMs: 3_000 } });
    await awaitLeftovers("one", host);
    expect(signals).toEqual([]);
    expect(elapsed()).toBe(3_000);
  });

  test("is asked to end after 20 s, and then made to", async () => {
    const { host, signals } = world({ 1: { bySignal: "SIGTERM" }, 2: { bySignal: "SIGKILL" } });
    await awaitLeftovers("one", host);
    expect(signals).toEqual(["SIGTERM 1", "SIGTERM 2", "SIGKILL 2"]);
  });
});

test("a process' program is known, and that there is no process", () => {
  expect(programOf(process.pid)).toBeDefined();
  expect(programOf(2 ** 22 + 1)).toBeUndefined();
});
