import { expect, test } from "vitest";
import { clicksPerSecond, HABITS, habitOf } from "../../../../infra/simulate/habits.ts";
import { SeededRandom } from "../../../../infra/simulate/random.ts";
import { turns, type Turn } from "../../../../infra/simulate/turns.ts";

function firstTurns(seed: number, people: number, count: number): readonly Turn[] {
  const random = new SeededRandom(seed);
  const habits = Array.from({ length: people }, () => habitOf(random));
  const all = turns(habits, random);
  return Array.from({ length: count }, () => all.next().value);
}

test("a seed decides whose turn it is, and another seed decides otherwise", () => {
  expect(firstTurns(7, 50, 500)).toEqual(firstTurns(7, 50, 500));
  expect(firstTurns(7, 50, 500)).not.toEqual(firstTurns(8, 50, 500));
});

test("few people make much of the load: 5 % of them about half of it", () => {
  const random = new SeededRandom(1);
  const habits = Array.from({ length: 2_000 }, () => habitOf(random));
  const all = turns(habits, random);
  const clicks = new Map<string, number>();
  // Long enough that everybody has been there.
  for (let n = 0; n < 100_000; n += 1) {
    const { person } = all.next().value;
    const name = habits[person]?.name ?? "";
    clicks.set(name, (clicks.get(name) ?? 0) + 1);
  }
  const heavy = habits.filter(({ name }) => name === "heavy").length;
  expect(heavy / habits.length).toBeGreaterThan(0.03);
  expect(heavy / habits.length).toBeLessThan(0.07);
  expect((clicks.get("heavy") ?? 0) / 100_000).toBeGreaterThan(0.35);
  expect((clicks.get("heavy") ?? 0) / 100_000).toBeLessThan(0.65);
});

test("people click as often as their habit says, in sessions", () => {
  const habit = HABITS.find(({ name }) => name === "regular");
  if (habit === undefined) throw new Error("no such habit");
  const all = turns([habit], new SeededRandom(3));
  const taken = Array.from({ length: 30_000 }, () => all.next().value);
  const sessions = taken.filter(({ opens }) => opens).length;
  expect(taken.length / sessions).toBeGreaterThan(habit.clicks * 0.9);
  expect(taken.length / sessions).toBeLessThan(habit.clicks * 1.1);
  expect(clicksPerSecond(habit)).toBeCloseTo(15 / 255, 10);
});

test("needs somebody to take turns", () => {
  expect(() => turns([], new SeededRandom(1)).next()).toThrow("at least one person");
});
