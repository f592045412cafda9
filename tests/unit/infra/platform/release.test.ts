import { expect, test } from "vitest";
import { readSettings } from "../../../../infra/config/settings.ts";
import { stackWorkloads } from "../../../../infra/platform/platform.ts";
import { releaseOf } from "../../../../infra/platform/release.ts";
import { testImages } from "../../../support/platform-models.ts";

const facts = { startInterval: true, grafana: true, dockerSocketGid: 998 };

function versions(values: Record<string, string>, images = testImages): string[] {
  const settings = readSettings({ stackName: "any", fileName: "", originOf: () => "file", values, secretKeys: new Set() });
  const release = releaseOf(settings, facts, images);
  return stackWorkloads(settings, facts).map((workload) => release.version(workload));
}

test("a colour has one version for all its workloads, and both colours the same for the same images", () => {
  const blue = versions({ colour: "blue" });
  expect(new Set(blue).size).toBe(1);
  expect(versions({ colour: "green" })).toEqual(blue);
  expect(blue[0]).toMatch(/^[0-9a-f]{12}$/);
});

test("a colour's version changes with any of its images, and not with those of the foundation", () => {
  const before = versions({ colour: "blue" });
  expect(versions({ colour: "blue" }, { ...testImages, "service-nft": "astratrade/service-nft:new" })).not.toEqual(before);
  expect(versions({ colour: "blue" }, { ...testImages, redis: "astratrade/redis:new" })).toEqual(before);
});

test("config may name the version", () => {
  expect(new Set(versions({ colour: "blue", version: "v7" }))).toEqual(new Set(["v7"]));
});

test("a foundation's workloads carry their own image's tag", () => {
  const all = versions({}, { ...testImages, redis: "registry:5000/astratrade/redis:new", edge: "astratrade/edge" });
  expect(all).toContain("new");
  expect(all).toContain("latest");
  expect(all.filter((version) => version === "0123456789ab")).toHaveLength(all.length - 2);
});
