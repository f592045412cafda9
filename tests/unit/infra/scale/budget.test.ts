import { describe, expect, test } from "vitest";
import { connectionProblem, memoryAnswer } from "../../../../infra/scale/budget.ts";
import { testStack } from "../../../support/platform-models.ts";

const MIB = 1024 * 1024;
const { settings } = testStack("blue");

describe("PostgreSQL's connections (R-SVC-3)", () => {
  test("have room for a second instance of one service in both colours, and for any number of gateways", () => {
    expect(connectionProblem(settings, { user: 2 })).toBeUndefined();
    expect(connectionProblem(settings, { user: 2, gateway: 10 })).toBeUndefined();
  });

  test("have none for more, and say how many fit", () => {
    const problem = connectionProblem(settings, { user: 2, trading: 3 });
    expect(problem).toContain("PostgreSQL takes 250 connections, and 2 colours x 9 instances x 16 + 20 would be 308.");
    expect(problem).toContain("A colour has room for 7 instances of user, trading, gamification, social, financial, nft together: 3 of user and trading, as the others stand.");
  });

  test("count what stands already", () => {
    const scaled = testStack("blue", { "replicas.nft": "2" }).settings;
    expect(connectionProblem(scaled, { user: 2 })).toContain("1 of user, as the others stand");
    expect(connectionProblem(scaled, { user: 2, nft: 1 })).toBeUndefined();
  });
});

describe("the machine's memory", () => {
  const machine = { totalBytes: 16_000 * MIB, availableBytes: 4_000 * MIB, limitsBytes: 8_000 * MIB };
  const addition = { service: "user", count: 2, usedBytes: 100 * MIB };

  test("has room where as much is left as the present instances use", () => {
    expect(memoryAnswer([addition], settings, machine)).toEqual({});
  });

  test("has none where less is left, and says what there is and what is needed", () => {
    const { problem } = memoryAnswer([addition], settings, { ...machine, availableBytes: 400 * MIB });
    expect(problem).toContain("The machine has 400 MiB of memory left. The new instances would use about 200 MiB");
  });

  test("is warned of where limits add up to more than there is", () => {
    const { problem, warning } = memoryAnswer([addition], settings, { ...machine, limitsBytes: 15_500 * MIB });
    expect(problem).toBeUndefined();
    expect(warning).toContain("Limits add up to 16524 MiB, and the machine has 16000 MiB");
  });

  test("is not asked for when instances only go", () => {
    expect(memoryAnswer([], settings, { ...machine, availableBytes: 0 })).toEqual({});
  });

  test("is estimated where nobody says what an instance uses", () => {
    const { problem } = memoryAnswer([{ ...addition, usedBytes: undefined }], settings, { ...machine, availableBytes: 300 * MIB });
    expect(problem).toContain("about 256 MiB");
  });
});
