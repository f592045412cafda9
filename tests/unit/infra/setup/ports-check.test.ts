import { expect, test } from "vitest";
import { ownerOf } from "../../../../infra/setup/ports-check.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const containers = testStack("foundation").containers.map((spec) => containerOf(spec));

test("the owner of a port is a container by its name, else a process, else unknown (R-DEP-6)", () => {
  expect(ownerOf(6379, containers, () => "docker-proxy (process 7)")).toBe("container astra-dev-redis-1");
  expect(ownerOf(4711, containers, () => "python3 (process 7)")).toBe("python3 (process 7)");
  expect(ownerOf(4711, containers, () => undefined, () => false)).toBe("a process of another user");
  expect(ownerOf(36_686, containers, () => undefined, () => true)).toBe("a process of another user");
  expect(ownerOf(36_686, containers, () => undefined, () => false)).toMatch(/^a connection that goes out from it /);
});
