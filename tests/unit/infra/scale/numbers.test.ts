import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import { MOST_INSTANCES } from "../../../../infra/platform/defaults.ts";
import { describeNumbers, parseNumbers } from "../../../../infra/scale/numbers.ts";

describe("the numbers of ./astra scale (R-DEP-6)", () => {
  test("are read from SERVICE=NUMBER, one or several", () => {
    expect(parseNumbers(["user=2"])).toEqual({ user: 2 });
    expect(parseNumbers(["user=2", "gateway=10"])).toEqual({ user: 2, gateway: 10 });
  });

  test.each([
    [[], "scale takes SERVICE=NUMBER, for example: ./astra scale user=2."],
    [["user"], '"user" is not SERVICE=NUMBER'],
    [["=2"], '"=2" is not SERVICE=NUMBER'],
    [["usr=2"], '"usr" is no service that can be scaled. It takes gateway, user, trading, gamification, social, financial, nft. Did you mean user?'],
    [["postgres=2"], '"postgres" is no service that can be scaled.'],
    [["user=0"], 'user takes 1 to 10 instances, not "0".'],
    [["user=11"], 'user takes 1 to 10 instances, not "11".'],
    [["user=-1"], 'user takes 1 to 10 instances, not "-1".'],
    [["user=1.5"], 'user takes 1 to 10 instances, not "1.5".'],
    [["user="], 'user takes 1 to 10 instances, not "".'],
    [["user=2", "user=3"], "user is given twice."],
  ])("refuse %j with what they take", (words, message) => {
    expect(() => parseNumbers(words)).toThrow(message);
  });

  test("end where the edge finds no more instances", () => {
    const script = readFileSync(join(PROJECT_ROOT, "images", "configure", "edge-configuration"), "utf8");
    expect(/^SLOTS=(\d+)$/m.exec(script)?.[1]).toBe(String(MOST_INSTANCES));
  });

  test("are told as what changes", () => {
    expect(describeNumbers({ user: 1, nft: 2, social: 1 }, { user: 2, nft: 1, social: 1 })).toBe("user 1 -> 2, nft 2 -> 1");
    expect(describeNumbers({ user: 2 }, { user: 2 })).toBe("");
  });
});
