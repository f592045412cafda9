import { describe, expect, test } from "vitest";
import { lineParser } from "../../../../infra/logs/parse.ts";
import { lineOf, stamped } from "./log-lines.ts";

const ours = '{"level":"warn","time":"2026-01-31T11:59:59.500Z","service":"trading","correlationId":"abcd-1234","msg":"late","ms":3}';

describe("a JSON line", () => {
  test("keeps level, own time, message, correlation id and the rest", () => {
    expect(lineOf("trading", 0, ours)).toMatchObject({
      level: "warn",
      time: "2026-01-31T11:59:59.500",
      stamp: "2026-01-31T12:00:00.000000000Z",
      message: "late",
      correlationId: "abcd-1234",
      fields: { service: "trading", ms: 3 },
    });
  });

  test("has the engine's time where its own cannot be right", () => {
    expect(lineOf("edge", 0, '{"time":"58859-05-07T18:45:43.454Z","msg":"x"}').time).toBe("2026-01-31T12:00:00.000000000");
    expect(lineOf("edge", 0, '{"time":"2026-01-31T13:00:00.000Z","msg":"x"}').time).toBe("2026-01-31T12:00:00.000000000");
  });

  test("that is broken is shown as it is", () => {
    expect(lineOf("edge", 0, '{"level":"warn"')).toMatchObject({ json: false, message: '{"level":"warn"' });
  });
});

describe("the level of text", () => {
  test.each([
    ["redis", "1:M 31 Jan 2026 12:00:00.000 * Ready", "info", "Ready"],
    ["redis", "1:M 31 Jan 2026 12:00:00.000 # Failed opening", "warn", "Failed opening"],
    ["redis", "1:S 31 Jan 2026 12:00:00.000 . quiet", "debug", "quiet"],
    ["postgres", "2026-01-31 12:00:00.000 UTC [1] LOG:  listening", "info", "listening"],
    ["postgres", "2026-01-31 12:00:00.000 UTC [1] ERROR:  no such table", "error", "no such table"],
    ["postgres", "2026-01-31 12:00:00.000 UTC [1] PANIC:  disk", "fatal", "disk"],
    ["postgres", "2026-01-31 12:00:00.000 UTC [1] astra@astradb WARNING:  careful", "warn", "careful"],
    ["edge", "[WARNING]  (1) : Server user/blue1 is DOWN", "warn", "Server user/blue1 is DOWN"],
    ["edge", "[ALERT]    (1) : cannot bind", "error", "cannot bind"],
    ["prometheus", 'ts=x level=warn msg="say \\"hi\\"" err="no such host"', "warn", 'say "hi": no such host'],
    ["postgres-exporter", "time=x level=ERROR source=a msg=broken", "error", "broken"],
    ["postgres", "postgres-start: new data folder", "info", "postgres-start: new data folder"],
  ])("of %s: %s is %s", (workload, text, level, message) => {
    expect(lineOf(workload, 0, text)).toMatchObject({ level, message, json: false });
  });

  test("is error where a process that writes JSON only writes text: its runtime has failed", () => {
    expect(lineOf("trading", 0, "FATAL ERROR: heap out of memory").level).toBe("error");
  });

  test("is that of the line before, where text goes on", () => {
    const parse = lineParser({ container: "astra-t-postgres-1", workload: "postgres" });
    const levels = [
      "2026-01-31 12:00:00.000 UTC [9] ERROR:  syntax error",
      "2026-01-31 12:00:00.000 UTC [9] STATEMENT:  SELEC 1",
      "\t  FROM nowhere",
      "2026-01-31 12:00:00.000 UTC [9] LOG:  checkpoint",
    ].map((text) => parse(stamped(1, text)).level);
    expect(levels).toEqual(["error", "error", "error", "info"]);
  });
});

test("what the engine itself says is a warning without a time of its own", () => {
  const parse = lineParser({ container: "gone", workload: "nft" });
  expect(parse("Error: No such container: gone")).toMatchObject({ level: "warn", message: "Error: No such container: gone" });
  expect(parse("Error: No such container: gone").stamp).toBeUndefined();
});
