import { describe, expect, it } from "vitest";
import { blue, green, routing } from "./routing-fixture.ts";

const HALF = { blue: 50, green: 50 };
const shareOf = (seen: readonly string[], name: string): number => seen.filter((each) => each === name).length;

describe("the choice of an instance", () => {
  it("goes in turn over the instances of the colour that has the weight (R-GW-2)", () => {
    expect(routing([blue(1), blue(2), green(1)]).choose(4)).toEqual(["blue-1", "blue-2", "blue-1", "blue-2"]);
  });

  it("follows the weights of the traffic table (R-DEP-3)", () => {
    expect(shareOf(routing([blue(1), green(1)], { blue: 75, green: 25 }).choose(8), "green-1")).toBe(2);
  });

  it("follows the weights of the instances within a colour", () => {
    expect(shareOf(routing([blue(1), blue(2, { weight: 25 })]).choose(10), "blue-2")).toBe(2);
  });

  it("goes to the colour without weight when the other has nobody left (R-DEP-2)", () => {
    expect(routing([green(1)]).choose(2)).toEqual(["green-1", "green-1"]);
  });

  it("goes to the colour without weight when nobody of the other listens any more, before the registry knows (R-GW-3)", () => {
    const { choose, fail } = routing([blue(1), blue(2), green(1)]);
    fail("blue-1", "refused");
    expect(choose(2)).toEqual(["blue-2", "blue-2"]);
    fail("blue-2", "refused");
    expect(choose(2)).toEqual(["green-1", "green-1"]);
  });

  it("never goes to the colour without weight because the other answers badly", () => {
    const { choose, fail } = routing([blue(1), green(1)]);
    fail("blue-1", "server-error", 50);
    fail("blue-1", "timeout", 50);
    expect(choose(2)).toEqual(["blue-1", "blue-1"]);
  });

  it("passes over an instance that is out, and asks it rather than nobody", () => {
    const { choose, fail } = routing([blue(1), blue(2)]);
    fail("blue-1", "refused");
    expect(choose(3)).toEqual(["blue-2", "blue-2", "blue-2"]);
    fail("blue-2", "refused");
    expect(new Set(choose(4))).toEqual(new Set(["blue-1", "blue-2"]));
  });

  it("never repeats an instance that this request has tried", () => {
    expect(routing([blue(1), blue(2)]).choose(2, { tried: new Set(["blue-1"]) })).toEqual(["blue-2", "blue-2"]);
    expect(routing([blue(1)]).choose(1, { tried: new Set(["blue-1"]) })).toEqual(["none"]);
    expect(routing([blue(1), green(1)]).choose(1, { tried: new Set(["blue-1"]) })).toEqual(["none"]);
  });

  it("stays with the colour that an operator asks for, whatever the weights", () => {
    expect(routing([blue(1), green(1)]).choose(2, { colour: "green" })).toEqual(["green-1", "green-1"]);
    expect(routing([blue(1)]).choose(1, { colour: "green" })).toEqual(["none"]);
  });
});

describe("a colour whose circuit is open (R-GW-4)", () => {
  const notBlue = (colour: string): boolean => colour !== "blue";

  it("gives its share to the other one where that has weight", () => {
    expect(routing([blue(1), green(1)], HALF).choose(2, { admits: notBlue })).toEqual(["green-1", "green-1"]);
  });

  it("gives nothing to one without weight, and the request is refused", () => {
    expect(routing([blue(1), green(1)]).choose(1, { admits: notBlue })).toEqual(["refused"]);
  });

  it("refuses an operator who asks for it", () => {
    expect(routing([blue(1), green(1)], HALF).choose(1, { colour: "blue", admits: notBlue })).toEqual(["refused"]);
  });

  it("is not what refuses where there is nobody anyway", () => {
    expect(routing([]).choose(1, { admits: () => false })).toEqual(["none"]);
  });
});

describe("an instance that is new (R-GW-3)", () => {
  it("gets its share little by little over 10 s", () => {
    const { choose, clock, register } = routing([blue(1)]);
    clock.advance(1_000);
    register([blue(1), blue(2)]);
    expect(shareOf(choose(110), "blue-2")).toBe(10);
    clock.advance(5_000);
    expect(shareOf(choose(30), "blue-2")).toBe(10);
    clock.advance(5_000);
    expect(shareOf(choose(100), "blue-2")).toBe(50);
  });

  it("has its share at once where the gateway itself has just been started, and where all are new", () => {
    expect(shareOf(routing([blue(1), blue(2)]).choose(10), "blue-2")).toBe(5);
    const { choose, clock, register } = routing([]);
    clock.advance(1_000);
    register([blue(1), blue(2)]);
    expect(shareOf(choose(10), "blue-2")).toBe(5);
  });
});
