import { describe, expect, test } from "vitest";
import { formatDuration, Progress, type Output } from "../../../../infra/cli/progress.ts";

function paper(isTTY = false): Output & { text: string } {
  return {
    isTTY,
    columns: 40,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

/** A clock that goes on by so much at each look. */
function clock(stepMs: number): () => number {
  let now = 0;
  return () => (now += stepMs);
}

describe("Progress", () => {
  test("writes one plain line per step, with its time", async () => {
    const output = paper();
    const progress = new Progress(output, clock(500));
    const result = await progress.step("images", async () => await Promise.resolve(3), (count) => `${count} built`);
    expect(result).toBe(3);
    expect(output.text).toBe("ok       0.5 s  images: 3 built\n");
  });

  test("says which step failed, and passes the reason on", async () => {
    const output = paper();
    const progress = new Progress(output, clock(500));
    await expect(progress.step("images", async () => await Promise.reject(new Error("no space")))).rejects.toThrow("no space");
    expect(output.text).toBe("FAIL     0.5 s  images\n");
  });

  test("shows on a terminal what goes on, on one line that fits", async () => {
    const output = paper(true);
    const progress = new Progress(output, clock(500));
    await progress.step("images", async (report) => {
      report("\u001b[31mStep 3/9\u001b[0m of a build with a very long name");
      await Promise.resolve();
    });
    const drawn = output.text.split("\r\u001b[2K");
    expect(drawn.every((line) => line.length < 40)).toBe(true);
    expect(drawn.at(-1)).toBe("ok       1.0 s  images\n");
  });
});

test.each([
  [400, "0.4 s"],
  [12_340, "12.3 s"],
  [59_949, "59.9 s"],
  [125_000, "2 min 05 s"],
])("%d ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
