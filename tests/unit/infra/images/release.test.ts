import { expect, it } from "vitest";
import type { ImageBuild } from "../../../../infra/images/plan.ts";
import { releaseVersion } from "../../../../infra/images/release.ts";

const image = (name: string, tag: string): ImageBuild => ({
  name,
  reference: `astratrade/${name}:${tag}`,
  context: "/context",
  dockerfile: "/context/Dockerfile",
  buildArgs: {},
});

it("names a release by the images of services alone, in any order", async () => {
  const release = await releaseVersion([image("service-user", "1"), image("service-nft", "1"), image("redis", "1")]);
  expect(release).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{8}$/);
  expect(await releaseVersion([image("redis", "2"), image("service-nft", "1"), image("service-user", "1")])).toBe(release);
  expect(await releaseVersion([image("service-user", "2"), image("service-nft", "1")])).not.toBe(release);
});
