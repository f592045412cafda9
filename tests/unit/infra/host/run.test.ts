import { describe, expect, test } from "vitest";
import { run, runOrFail } from "../../../../infra/host/run.ts";

const node = (code: string): [string, string[]] => [process.execPath, ["-e", code]];

describe("run", () => {
  test("gives exit code and both outputs", async () => {
    const result = await run(...node("console.log('out'); console.error('err'); process.exit(3)"), { deadlineMs: 10_000 });
    expect(result).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("ends a program that takes longer than its deadline", async () => {
    expect((await run(...node("setInterval(() => {}, 1000)"), { deadlineMs: 50 })).code).toBe(124);
  });

  test("says that there is no such program", async () => {
    expect((await run("no-such-program-here", [], { deadlineMs: 1_000 })).code).toBe(127);
  });

  test("hands input over and passes lines on as they are complete", async () => {
    const lines: string[] = [];
    const code = "process.stdin.on('data', (d) => process.stdout.write(d)).on('end', () => process.stdout.write('\\n'))";
    await run(...node(code), { deadlineMs: 10_000, input: "one\ntwo\n\nthree", onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["one", "two", "three"]);
  });
});

test("runOrFail tells the command and its last lines", async () => {
  const failure = runOrFail(...node("console.error('no space left'); process.exit(1)"), { deadlineMs: 10_000 });
  await expect(failure).rejects.toThrow(/failed \(exit 1\):\nno space left$/);
});
