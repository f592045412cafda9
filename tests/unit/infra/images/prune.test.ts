import { describe, expect, it } from "vitest";
import { outdated } from "../../../../infra/images/prune.ts";

const image = (name: string, tag: string): { repository: string; tag: string } => ({ repository: `astratrade/${name}`, tag });

describe("pruning of images", () => {
  const present = [image("redis", "4"), image("edge", "2"), image("redis", "3"), image("redis", "2"), image("redis", "1")];

  it("keeps the newest two of each name", () => {
    expect(outdated(present, new Set(), 2)).toEqual(["astratrade/redis:2", "astratrade/redis:1"]);
  });

  it("keeps what is wanted, however old", () => {
    expect(outdated(present, new Set(["astratrade/redis:1"]), 2)).toEqual(["astratrade/redis:2"]);
  });

  it("keeps nothing else when told so", () => {
    expect(outdated(present, new Set(["astratrade/edge:2"]), 0)).toHaveLength(4);
  });
});
