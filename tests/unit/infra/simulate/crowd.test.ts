import { expect, test } from "vitest";
import { chooseAction } from "../../../../infra/simulate/choose.ts";
import { Crowd } from "../../../../infra/simulate/crowd.ts";
import { HABITS } from "../../../../infra/simulate/habits.ts";
import { Person } from "../../../../infra/simulate/person.ts";
import type { HttpRequest, Sent } from "../../../../infra/simulate/sender.ts";
import { Statistics } from "../../../../infra/simulate/statistics.ts";

const NOW_MS = Date.parse("2025-01-31T12:00:00.000Z");
const tokens = { token: "t", refreshToken: "r", expiresAt: new Date(NOW_MS + 900_000).toISOString() };

/** A platform that lets everybody do everything. */
function obliging(request: HttpRequest): Sent {
  if (request.path.endsWith("/register")) return { status: 201, body: { user: { id: 1_000 }, ...tokens }, retryAfter: undefined };
  if (request.path.endsWith("/login") || request.path.endsWith("/refresh")) return { status: 200, body: tokens, retryAfter: undefined };
  if (request.path.endsWith("/execute")) return { status: 201, body: { trade: { positionId: "p1" } }, retryAfter: undefined };
  return { status: 200, body: {}, retryAfter: undefined };
}

function crowdOf(people: number, answer: (request: HttpRequest) => Sent | Promise<Sent> = obliging, seed = 1) {
  const statistics = new Statistics();
  const requests: HttpRequest[] = [];
  let ms = 0;
  const send = (request: HttpRequest): Promise<Sent> => {
    requests.push(request);
    return Promise.resolve(answer(request));
  };
  const crowd = new Crowd({ people, seed, run: "test", sender: { send }, statistics, now: () => NOW_MS + ms, ticks: () => ms });
  const clicks = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      crowd.click(ms);
      ms += 10;
      await crowd.settle(1_000);
    }
  };
  return { crowd, clicks, requests, statistics, passes: (time: number) => void (ms += time) };
}

test("a seed decides what everybody does", async () => {
  const shapeOf = ({ method, path, body }: HttpRequest): string => `${method} ${path} ${body ?? ""}`;
  const [one, same, other] = [crowdOf(10), crowdOf(10), crowdOf(10, obliging, 2)];
  for (const { clicks } of [one, same, other]) await clicks(200);
  expect(one.requests.map(shapeOf)).toEqual(same.requests.map(shapeOf));
  expect(one.requests.map(shapeOf)).not.toEqual(other.requests.map(shapeOf));
});

test("players do all that the game has", async () => {
  const { clicks, statistics, crowd } = crowdOf(20);
  await clicks(5_000);
  expect(crowd.registered).toBe(20);
  // What a person has to have seen before (entries, tokens, listings) this platform shows nobody.
  for (const name of ["register", "log-in", "refresh", "prices", "trade", "close-position", "positions", "account", "feed", "followed-feed", "post", "leaderboard", "profile", "rewards", "marketplace", "subscribe", "log-out"])
    expect(statistics.byAction.get(name)?.counts.ok, name).toBeGreaterThan(0);
});

test("nobody acts under a name before it has one, and everything else goes with the token", async () => {
  const { clicks, requests } = crowdOf(1);
  await clicks(300);
  for (const { path, headers } of requests) {
    if (/\/(execute|close|posts|me|wallet)$/.test(path)) expect(headers["authorization"], path).toBe("Bearer t");
    if (/\/(register|login|refresh)$/.test(path)) expect(headers["authorization"], path).toBeUndefined();
  }
});

test("a person who was told to wait leaves that service alone for as long, and uses the others", async () => {
  const { clicks, requests, statistics, passes } = crowdOf(1, (request) =>
    request.path.includes("/trading/") ? { status: 429, body: { code: "rate-limited" }, retryAfter: "60" } : obliging(request),
  );
  await clicks(100);
  const asked = (): number => requests.filter(({ path }) => path.includes("/trading/")).length;
  expect(asked()).toBe(1);
  expect(statistics.all.counts.limited).toBe(1);
  expect(requests.length).toBe(100);
  passes(60_000);
  await clicks(100);
  expect(asked()).toBe(2);
});

test("when password hashing is busy nobody comes to the door until it is time, and people look on meanwhile", async () => {
  const { clicks, requests, crowd, passes } = crowdOf(50, (request) =>
    request.path.endsWith("/register") ? { status: 503, body: { code: "password-work-busy" }, retryAfter: "5" } : obliging(request),
  );
  await clicks(40);
  const registrations = (): number => requests.filter(({ path }) => path.endsWith("/register")).length;
  expect(registrations()).toBe(1);
  expect(requests.length).toBe(40);
  expect(crowd.registered).toBe(0);
  passes(5_000);
  await clicks(1);
  expect(registrations()).toBe(2);
});

test("counts a request that was due while everybody waited for an answer", () => {
  const { crowd } = crowdOf(2, () => new Promise<Sent>(() => undefined));
  for (let n = 0; n < 5; n += 1) crowd.click(0);
  expect(crowd.inFlight).toBe(2);
  expect(crowd.behind).toBe(3);
  expect(crowd.heldBack).toBe(0);
});

test("counts what breaks on the way as failed, by its code", async () => {
  const { clicks, statistics } = crowdOf(3, () => Promise.reject(Object.assign(new Error("gone"), { code: "ECONNREFUSED" })));
  await clicks(10);
  expect(statistics.all.counts.failed).toBe(10);
  expect([...statistics.all.codes]).toEqual([["ECONNREFUSED", 10]]);
});

test("a person whose tokens have expired renews them first, and logs in where there are none", () => {
  const habit = HABITS[0];
  if (habit === undefined) throw new Error("no habit");
  const person = new Person({ seed: 1, index: 0, run: "test", habit });
  const circumstances = { nowMs: NOW_MS, mayHash: true };
  expect(chooseAction(person, circumstances)?.name).toBe("register");
  person.userId = 1_000;
  expect(chooseAction(person, circumstances)?.name).toBe("log-in");
  person.session = { token: "t", refreshToken: "r", expiresAtMs: NOW_MS + 5_000 };
  expect(chooseAction(person, circumstances)?.name).toBe("refresh");
});
