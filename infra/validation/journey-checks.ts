import { PORTS } from "../platform/ports.ts";
import type { ValidationCheck, ValidationContext } from "./check.ts";
import { at, eventually, request, requireStatus } from "./http.ts";

/** Seeded in mode `dev`. */
const DEMO_USER = 123;
const AMOUNT = 1000;
/** From the trade's answer until its effects are seen elsewhere. */
const EFFECT_MS = 1_000;
const DASHBOARD_MS = 10_000;

const api = (context: ValidationContext, path: string): string => `${context.url(PORTS.edge)}/api/v1/${path}`;

const registration: ValidationCheck = {
  name: "a user registers, and the token is believed (R-SVC-1)",
  async run(context) {
    const url = api(context, "users/register");
    const name = `check${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
    const body = { username: name, email: `${name}@example.com`, password: "a long enough password 1" };
    const answer = await request(context, url, { body });
    requireStatus(url, answer, 201);
    const id = at(answer.json, "user", "id");
    if (typeof id !== "number" || id < 1000)
      throw new Error(`${url}: expected a user id from 1000 on, got ${JSON.stringify(id)}`);
    const me = api(context, "users/me");
    const own = await request(context, me, { headers: { authorization: `Bearer ${String(at(answer.json, "token"))}` } });
    requireStatus(me, own, 200);
    if (!own.text.includes(name)) throw new Error(`${me} does not show ${name}: ${own.text.slice(0, 200)}`);
    return `user ${id}`;
  },
};

async function experience(context: ValidationContext): Promise<number> {
  const url = api(context, `gamification/user/${DEMO_USER}/profile`);
  const answer = await request(context, url);
  requireStatus(url, answer, 200);
  return Number(at(answer.json, "xp"));
}

async function tradedVolume(context: ValidationContext): Promise<number> {
  const url = `${context.url(PORTS.edge)}/dashboard`;
  const answer = await request(context, url, { headers: { accept: "application/json" } });
  requireStatus(url, answer, 200);
  const kpis = at(answer.json, "kpis");
  const entries: readonly unknown[] = Array.isArray(kpis) ? kpis : [];
  if (entries.length !== 8) throw new Error(`${url}: expected 8 KPIs, got ${entries.length}`);
  return Number(at(entries.find((kpi) => at(kpi, "name") === "traded_volume"), "value"));
}

interface Trade {
  readonly id: string;
  readonly xpBefore: number;
  readonly volumeBefore: number;
}

/** Executes the trade of the validation for the demo user. */
export async function executeTrade(context: ValidationContext): Promise<string> {
  const url = api(context, "trading/execute");
  const body = { user_id: DEMO_USER, asset_symbol: "BTC/USD", direction: "LONG", amount: AMOUNT };
  const answer = await request(context, url, { body });
  requireStatus(url, answer, 201);
  const id = at(answer.json, "trade", "id");
  if (typeof id !== "string") throw new Error(`${url}: expected {"trade": {"id": ...}}, got ${answer.text.slice(0, 200)}`);
  return id;
}

async function trade(context: ValidationContext): Promise<Trade> {
  const xpBefore = await experience(context);
  const volumeBefore = await tradedVolume(context);
  return { id: await executeTrade(context), xpBefore, volumeBefore };
}

/** The feed shows an entry of this trade. */
export async function feedShows(context: ValidationContext, tradeId: string): Promise<boolean> {
  const url = api(context, "social/feed");
  const answer = await request(context, url);
  requireStatus(url, answer, 200);
  return answer.text.includes(tradeId);
}

const tradeAndEffects: ValidationCheck = {
  name: "a trade brings XP and a feed entry within 1 s, and the dashboard counts it within 10 s (R-EVT-2, R-GW-1)",
  async run(context) {
    const made = await trade(context);
    const both = await eventually(context, EFFECT_MS * context.patience, async () => {
      const [xp, shown] = await Promise.all([experience(context), feedShows(context, made.id)]);
      if (xp <= made.xpBefore) return { notYet: `user ${DEMO_USER} has no more XP than before trade ${made.id} (${xp})` };
      return shown ? { done: xp - made.xpBefore } : { notYet: `the feed does not show trade ${made.id}` };
    });
    const counted = await eventually(context, DASHBOARD_MS * context.patience, async () => {
      const volume = await tradedVolume(context);
      return volume >= made.volumeBefore + AMOUNT
        ? { done: volume }
        : { notYet: `/dashboard shows a volume of ${volume}, expected ${made.volumeBefore + AMOUNT} or more` };
    });
    return `${both.value} XP after ${Math.round(both.tookMs)} ms, dashboard after ${Math.round(counted.tookMs)} ms`;
  },
};

const page: ValidationCheck = {
  name: "the dashboard is a page for a browser (R-GW-1)",
  async run(context) {
    const url = `${context.url(PORTS.edge)}/dashboard`;
    const answer = await request(context, url, { headers: { accept: "text/html" } });
    requireStatus(url, answer, 200);
    const type = answer.headers.get("content-type") ?? "";
    if (!type.startsWith("text/html")) throw new Error(`${url}: expected text/html for a browser, got "${type}"`);
    return type;
  },
};

const badInput: ValidationCheck = {
  name: "wrong input gets a 400 that names the field, and a correlation id (R-SVC-4, R-GW-6)",
  async run(context) {
    const url = api(context, "trading/execute");
    const correlationId = "validation-0123456789";
    const body = { user_id: DEMO_USER, asset_symbol: "BTC/USD", direction: "SIDEWAYS", amount: AMOUNT };
    const answer = await request(context, url, { body, headers: { "x-correlation-id": correlationId } });
    requireStatus(url, answer, 400);
    if (!JSON.stringify(at(answer.json, "errors") ?? "").includes("direction"))
      throw new Error(`${url}: the error does not name "direction": ${answer.text.slice(0, 200)}`);
    if (at(answer.json, "correlationId") !== correlationId)
      throw new Error(`${url}: expected correlationId ${correlationId}, got ${String(at(answer.json, "correlationId"))}`);
    return "direction";
  },
};

/** What a user does, and what follows from it. */
export const journeyChecks: readonly ValidationCheck[] = [registration, tradeAndEffects, page, badInput];
