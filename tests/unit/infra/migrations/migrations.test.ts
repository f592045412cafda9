import { describe, expect, test } from "vitest";
import { migrationLines } from "../../../../infra/cli/commands/migrations.ts";
import type { SchemaRecords } from "../../../../infra/migrations/records.ts";
import { declaredJob } from "../../../../infra/migrations/run-again.ts";

const step = { checksum: "x", reversible: true };
const records: readonly SchemaRecords[] = [
  { workload: "nft", schema: "nft", steps: new Map([["0001-a", step]]), releases: { green: { colour: "green", version: "2", steps: new Set(["0001-a", "0002-drop"]) } } },
  { workload: "user", schema: "users", steps: new Map(), releases: {} },
];

test("the migrations of an environment are told schema by schema, with what waits", () => {
  expect(migrationLines(records, "green")).toEqual(["SCHEMA  APPLIED  LAST    WAITS (CONTRACT)", "nft     1        0001-a  0002-drop", "users   0        -       -"]);
  expect(migrationLines(records, undefined)[1]).toBe("nft     1        0001-a  -");
});

describe("a cluster's job that is run again", () => {
  test("is the one that was declared, without what the cluster has written into it", () => {
    const generated = { "batch.kubernetes.io/controller-uid": "u", "controller-uid": "u", "batch.kubernetes.io/job-name": "j", "job-name": "j" };
    const job = declaredJob({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "j", namespace: "n", uid: "u", resourceVersion: "1", labels: { own: "yes", ...generated } },
      spec: { backoffLimit: 3, selector: { matchLabels: generated }, template: { metadata: { labels: { own: "yes", ...generated } }, spec: { containers: [{ name: "c" }] } } },
    });
    expect(job).toEqual({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "j", namespace: "n", labels: { own: "yes" } },
      spec: { backoffLimit: 3, template: { metadata: { labels: { own: "yes" } }, spec: { containers: [{ name: "c" }] } } },
    });
  });
});
