import { expect, test } from "vitest";
import { changedFields } from "../../../../infra/preview/field-changes.ts";
import { testForm } from "../../../support/container-forms.ts";

const redis = testForm("redis");

test("a changed container is told field by field, old and new, with units", () => {
  const after = {
    ...redis,
    image: "astratrade/redis:ba9876543210",
    memoryBytes: 768 * 1024 * 1024,
    environment: { EXTRA: "1" },
    ports: redis.ports.map((port) => ({ ...port, host: 26379 })),
    mounts: redis.mounts.filter((mount) => mount.type !== "tmpfs"),
    labels: { ...redis.labels, "astratrade.spec": "another" },
  };
  expect(changedFields(redis, after)).toEqual([
    { field: "image", from: "astratrade/redis:0123456789ab", to: "astratrade/redis:ba9876543210" },
    { field: "mount /tmp", from: "tmpfs of 16 MiB" },
    { field: "memory", from: "512 MiB", to: "768 MiB" },
    { field: "port 6379", from: "127.0.0.1:6379", to: "127.0.0.1:26379" },
    { field: "environment EXTRA", to: "1" },
  ]);
});

test("order is no change: of environment, mounts, ports, labels", () => {
  const edge = testForm("edge");
  const reversed = {
    ...edge,
    environment: Object.fromEntries(Object.entries(edge.environment).reverse()),
    labels: Object.fromEntries(Object.entries(edge.labels).reverse()),
    mounts: [...edge.mounts].reverse(),
    ports: [...edge.ports].reverse(),
  };
  expect(changedFields(edge, reversed)).toEqual([]);
});

test("what looks like a secret is told as changed and not shown", () => {
  const [before, after] = ["first", "second"].map((value) => ({ ...redis, environment: { REDIS_PASSWORD: value } }));
  if (before === undefined || after === undefined) throw new Error("no forms");
  const changes = changedFields(before, after);
  expect(changes).toEqual([
    { field: "environment REDIS_PASSWORD", from: "(looks like a secret, not shown)", to: "(looks like a secret, not shown)" },
  ]);
});
