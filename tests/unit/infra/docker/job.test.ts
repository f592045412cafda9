import { expect, test } from "vitest";
import { attemptAfter, failureOf } from "../../../../infra/docker/job.ts";

const exited = { id: "0a1b2c3d4e5f67890", state: "exited", exitCode: 0, labels: {} };

test("a job that ended with 0, or has not run yet, is no failure", () => {
  expect(failureOf("migrate", 0, "done")).toBeUndefined();
  expect(failureOf("migrate", undefined, undefined)).toBeUndefined();
});

test("a job that failed is told of with its last 20 log lines", () => {
  const logs = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  expect(failureOf("astra-dev-blue-migrate-1", 3, `${logs.join("\n")}\n`)).toBe(
    ["astra-dev-blue-migrate-1 ended with exit code 3; nothing that needs it was started. Its last lines:", ...logs.slice(10)].join("\n"),
  );
});

test("the first run of a job, and the next after a good one, carry no mark", () => {
  expect(attemptAfter(exited)).toBeUndefined();
});

test("a failed or interrupted run marks the next one, and the mark stays once that ended well", () => {
  expect(attemptAfter({ ...exited, exitCode: 1 })).toBe("0a1b2c3d4e5f");
  expect(attemptAfter({ ...exited, state: "created" })).toBe("0a1b2c3d4e5f");
  expect(attemptAfter({ ...exited, labels: { "astratrade.attempt": "ffff" } })).toBe("ffff");
});
