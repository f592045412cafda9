// The load, in a process of its own: many users who send orders at a rate that slow answers do not slow down.
import { setTimeout as sleep } from "node:timers/promises";
import { at } from "../../infra/simulate/actions/action.ts";
import { evenArrivals, openLoop } from "../../infra/simulate/open-loop.ts";
import { nameOfFailure, retryAfterSeconds } from "../../infra/simulate/outcome.ts";
import { Sender, type Sent } from "../../infra/simulate/sender.ts";
import { Times } from "../../infra/simulate/statistics.ts";
import type { Answer, LoadAnswer, Order } from "./message.ts";

/** Registrations at one time: the platform hashes two passwords at once. */
const ENROLLED_AT_ONCE = 4;
const ENROL_TRIES = 60;
const TIMEOUT_MS = 20_000;
/** Tokens hold for 15 minutes; those that end sooner than this are renewed before a step. */
const RENEW_BEFORE_MS = 8 * 60_000;

interface User {
  readonly userId: number;
  token: string;
  refreshToken: string;
  expiresAtMs: number;
}

const users: User[] = [];
let sender: Sender | undefined;
let next = 0;

function post(path: string, body: object, token?: string): Promise<Sent> {
  if (sender === undefined) throw new Error("nobody has been enrolled");
  const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return sender.send({ method: "POST", path: `/api/v1/${path}`, headers, body: JSON.stringify(body), wantsBody: token === undefined });
}

function tokensOf(body: unknown): Omit<User, "userId"> {
  return { token: String(at(body, "token")), refreshToken: String(at(body, "refreshToken")), expiresAtMs: Date.parse(String(at(body, "expiresAt"))) };
}

async function enrolOne(name: string): Promise<void> {
  for (let attempt = 0; attempt < ENROL_TRIES; attempt += 1) {
    const { status, body, retryAfter } = await post("users/register", { username: name, email: `${name}@example.com`, password: `password of ${name}` });
    if (status === 201) {
      users.push({ userId: Number(at(body, "user", "id")), ...tokensOf(body) });
      return;
    }
    if (status !== 429 && status !== 503) throw new Error(`registration was answered with ${status}: ${JSON.stringify(body)}`);
    await sleep(retryAfterSeconds(retryAfter) * 1000);
  }
  throw new Error("registrations are refused again and again");
}

async function enrol({ origin, users: wanted, run, connections }: Extract<Order, { kind: "enrol" }>): Promise<Answer> {
  sender = new Sender(origin, { connections, timeoutMs: TIMEOUT_MS });
  let begun = 0;
  await Promise.all(
    Array.from({ length: ENROLLED_AT_ONCE }, async () => {
      while (begun < wanted) await enrolOne(`bench-${run}-${(begun += 1)}`);
    }),
  );
  return { enrolled: users.length };
}

async function renewTokens(): Promise<void> {
  for (const user of users) {
    if (user.expiresAtMs - RENEW_BEFORE_MS > Date.now()) continue;
    const { status, body } = await post("users/refresh", { refreshToken: user.refreshToken });
    if (status !== 200) throw new Error(`tokens cannot be renewed: ${status}`);
    Object.assign(user, tokensOf(body));
  }
}

async function load({ perSecond, seconds, warmUpSeconds }: Extract<Order, { kind: "load" }>): Promise<LoadAnswer> {
  await renewTokens();
  const times = new Times();
  const notOk: Record<string, number> = {};
  const underWay = new Set<Promise<void>>();
  let [sent, ok, sentInAll, okInAll] = [0, 0, 0, 0];
  let measuredFromMs = Infinity;
  let lastMs = 0;
  const order = async (dueMs: number): Promise<void> => {
    const user = users[(next += 1) % users.length];
    const counts = dueMs >= measuredFromMs;
    sentInAll += 1;
    if (counts) sent += 1;
    let code: string;
    try {
      const body = { user_id: user?.userId, asset_symbol: "BTC/USD", direction: next % 2 === 0 ? "LONG" : "SHORT", amount: "10.00" };
      const { status, body: answer } = await post("trading/execute", body, user?.token);
      const problem = at(answer, "code");
      code = typeof problem === "string" ? `${status} ${problem}` : String(status);
    } catch (error) {
      code = nameOfFailure(error);
    }
    if (code === "201") okInAll += 1;
    if (!counts) return;
    if (code === "201") ok += 1;
    else notOk[code] = (notOk[code] ?? 0) + 1;
    lastMs = performance.now();
    times.add(lastMs - dueMs);
  };
  measuredFromMs = performance.now() + warmUpSeconds * 1000;
  await openLoop({
    arrivals: evenArrivals(perSecond),
    clock: { now: () => performance.now(), sleep },
    untilMs: (warmUpSeconds + seconds) * 1000,
    begin: (dueMs) => {
      const work = order(dueMs).finally(() => underWay.delete(work));
      underWay.add(work);
    },
  });
  await Promise.all(underWay);
  const tookSeconds = (lastMs - measuredFromMs) / 1000;
  return { sent, ok, sentInAll, okInAll, notOk, p50Ms: times.quantileMs(0.5), p95Ms: times.quantileMs(0.95), p99Ms: times.quantileMs(0.99), tookSeconds };
}

process.on("message", (order: Order) => {
  const work = order.kind === "enrol" ? enrol(order) : load(order);
  work.then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
