import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { atEndOfTurn } from "../../../../../services/gateway/upstream/end-of-turn.ts";

describe("what waits for the end of a turn", () => {
  it("finishes together and in order, once, after what has arrived meanwhile", async () => {
    const done: string[] = [];
    const finishing = (name: string) => ({ finish: () => void done.push(name) });
    atEndOfTurn(finishing("first"));
    atEndOfTurn(finishing("second"));
    await Promise.resolve();
    atEndOfTurn(finishing("third"));
    expect(done).toEqual([]);
    await turn();
    expect(done).toEqual(["first", "second", "third"]);
    await turn();
    expect(done).toHaveLength(3);
  });

  it("takes what comes while others finish to the next turn", async () => {
    const done: string[] = [];
    atEndOfTurn({
      finish: () => {
        done.push("first");
        atEndOfTurn({ finish: () => void done.push("second") });
      },
    });
    await turn();
    expect(done).toEqual(["first"]);
    await turn();
    expect(done).toEqual(["first", "second"]);
  });
});
