import { expect, test } from "vitest";
import { originName, renderJson, renderLine } from "../../../../infra/logs/render.ts";
import { lineOf } from "./log-lines.ts";

const plain = { terminal: false, nameWidth: 10 };
const request =
  '{"level":"info","time":"2026-01-31T12:00:00.100Z","service":"trading","instance":"i","colour":"blue","version":"v1",' +
  '"correlationId":"abcd-1234","method":"GET","path":"/prices","route":"/prices","status":200,"durationMs":1.5,"msg":"request"}';

test("a line is time, workload, level, message and correlation id", () => {
  expect(renderLine(lineOf("trading", 0, request), plain)).toBe("2026-01-31T12:00:00.100Z trading    info  GET /prices 200 1.5 ms [abcd-1234]");
});

test("other fields follow the message; of an error only what it says", () => {
  const line = lineOf("nft", 0, '{"level":"error","msg":"no chain","err":{"message":"refused","stack":"at x"},"tries":3,"kind":"a b"}');
  expect(renderLine(line, plain)).toBe('2026-01-31T12:00:00.000Z nft        error no chain err=refused tries=3 kind="a b"');
});

test("a terminal gets colours and a short time, a pipe gets neither", () => {
  const line = lineOf("trading", 0, request.replace("info", "warn"));
  expect(renderLine(line, { ...plain, terminal: true })).toContain("\u001b[33mwarn \u001b[0m");
  expect(renderLine(line, { ...plain, terminal: true })).not.toContain("2026-01-31");
  expect(renderLine(line, plain)).not.toContain("\u001b");
});

test("what a client sent does not steer the terminal", () => {
  const line = lineOf("edge", 0, JSON.stringify({ msg: "a\u001b[2Jb\r\nc\u009bd", correlationId: "x\u001by" }));
  expect(renderLine(line, plain)).toBe("2026-01-31T12:00:00.000Z edge       info  a [2Jb c d [x y]");
});

test("the second instance of a workload is told from the first", () => {
  expect(originName({ container: "astra-t-blue-nft-1", workload: "nft", colour: "blue" })).toBe("blue/nft");
  expect(originName({ container: "astra-t-blue-nft-2", workload: "nft", colour: "blue" })).toBe("blue/nft-2");
});

test("JSON is ours as it was written, and other lines in the same form", () => {
  expect(renderJson(lineOf("trading", 0, request))).toBe(request);
  expect(JSON.parse(renderJson(lineOf("redis", 0, "1:M 31 Jan 2026 12:00:00.000 # full")))).toEqual({
    level: "warn",
    time: "2026-01-31T12:00:00.000Z",
    service: "redis",
    instance: "astra-t-redis-1",
    msg: "full",
  });
});
