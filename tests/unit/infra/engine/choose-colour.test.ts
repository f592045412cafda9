import { describe, expect, test } from "vitest";
import { chooseColour, type ColourState } from "../../../../infra/engine/choose-colour.ts";

const absent: ColourState = { present: false, complete: false, current: false, weight: 0 };
const serving: ColourState = { present: true, complete: true, current: false, weight: 100 };
const idle: ColourState = { present: true, complete: true, current: false, weight: 0 };
const broken: ColourState = { present: true, complete: false, current: false, weight: 100 };

describe("chooseColour (R-DEP-2)", () => {
  test("the first colour is blue", () => {
    expect(chooseColour({ blue: absent, green: absent })).toBe("blue");
    expect(chooseColour({ blue: { ...absent, weight: undefined }, green: { ...absent, weight: undefined } })).toBe("blue");
  });

  test("unchanged code stays where it is", () => {
    expect(chooseColour({ blue: absent, green: { ...serving, current: true } })).toBe("green");
    expect(chooseColour({ blue: serving, green: { ...idle, current: true } })).toBe("green");
  });

  test("when both colours have the release, the one that takes requests is meant", () => {
    expect(chooseColour({ blue: { ...idle, current: true }, green: { ...serving, current: true } })).toBe("green");
  });

  test("changed code goes to the idle colour", () => {
    expect(chooseColour({ blue: serving, green: absent })).toBe("green");
    expect(chooseColour({ blue: idle, green: serving })).toBe("blue");
  });

  test("a complete colour counts as taking requests while there is no traffic table", () => {
    expect(chooseColour({ blue: { ...idle, weight: undefined }, green: { ...absent, weight: undefined } })).toBe("green");
  });

  test("a deployment that failed half-way is redone in its own colour", () => {
    expect(chooseColour({ blue: broken, green: absent })).toBe("blue");
    expect(chooseColour({ blue: serving, green: { ...broken, weight: 0 } })).toBe("green");
  });

  test("a colour that takes requests is never replaced, even when asked for", () => {
    expect(() => chooseColour({ blue: serving, green: absent }, "blue")).toThrow(
      "blue takes requests, and a colour that does is never replaced.\nDeploy the other one: ./astra up --colour green",
    );
    expect(chooseColour({ blue: { ...serving, current: true }, green: absent }, "blue")).toBe("blue");
    expect(chooseColour({ blue: serving, green: absent }, "green")).toBe("green");
  });

  test("while both take requests there is no idle one, and it says what to do", () => {
    expect(() => chooseColour({ blue: { ...serving, weight: 50 }, green: { ...serving, weight: 50 } })).toThrow(
      "Both colours take requests",
    );
  });
});
