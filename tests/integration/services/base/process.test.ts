import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { waitFor } from "../../../support/wait-for.ts";

const MAIN = join(import.meta.dirname, "../../../../services/gateway/main.ts");
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

interface Run {
  readonly child: ChildProcess;
  /** Everything that it has said so far. */
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function run(environment: Record<string, string>): Run {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env["PATH"], ASTRA_HOST: "127.0.0.1", ASTRA_REDIS_PORT: "1", ...environment } });
  started.push(child);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text, exit: once(child, "exit").then(([code]) => code as number | null) };
}

async function freePorts(): Promise<Record<string, string>> {
  const servers = [createServer(), createServer()];
  const ports: string[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push(String((server.address() as AddressInfo).port));
  }
  for (const server of servers) server.close();
  return { ASTRA_PORT: ports[0] ?? "", ASTRA_AGENT_PORT: ports[1] ?? "" };
}

describe("the process of a service (R-SVC-2)", () => {
  it("ends with one clear line where its configuration is wrong", async () => {
    const { output, exit } = run({ ASTRA_PORT: "nonsense", ASTRA_COLOUR: "red" });
    expect(await exit).toBe(1);
    const fatal = JSON.parse(output().trim()) as { level: string; msg: string; stack?: string };
    expect(fatal.level).toBe("fatal");
    expect(fatal.msg).toContain('ASTRA_COLOUR: takes one of blue, green (got "red")');
    expect(fatal.msg).toContain('ASTRA_PORT: takes a whole number from 1 to 65535 (got "nonsense")');
    expect(fatal.stack).toBeUndefined();
  });

  it("ends with a line that names the port where that is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { output, exit } = run({ ...(await freePorts()), ASTRA_PORT: String(port) });
    expect(await exit).toBe(1);
    expect(output()).toContain(`address already in use 127.0.0.1:${port}`);
    taken.close();
  });

  it("stays up without its store, says once that it waits, and exits 0 on SIGTERM", async () => {
    const ports = await freePorts();
    const { child, output, exit } = run(ports);
    const url = `http://127.0.0.1:${ports["ASTRA_PORT"]}/health`;
    await waitFor("liveness", async () => ((await fetch(`${url}/live`)).status === 200 ? true : undefined));
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    await waitFor("the log line", () => Promise.resolve(output().includes("start: waiting for redis") || undefined));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    const lines = output().trim().split("\n").map((line) => JSON.parse(line) as { service: string; instance: string; colour: string; msg: string });
    expect(lines.every((line) => line.service === "gateway" && line.colour === "blue" && line.instance !== "")).toBe(true);
    expect(lines.filter((line) => line.msg.includes("waiting for redis"))).toHaveLength(1);
  });
});
