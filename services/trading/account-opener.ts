import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import { findAccount, openAccount } from "./accounts-store.ts";
import { DEMO, tierOf } from "./tiers.ts";

const WAIT_STEP_MS = 100;
const WAIT_STEPS = 15;

/** How sure it is that the user exists: by a token that the user service signed, or by the caller's word (mode `dev`). */
export type Evidence = "token" | "word";

/**
 * Makes sure that the user has an account. Accounts are opened on `user.registered`; an order can be quicker than that
 * event. Who comes with a token, and the demo user, surely exists: the account is opened now, by the same idempotent
 * step. For a bare user id, wait for the event.
 * @throws Problem `account-not-found` (404) when no such user has registered.
 */
export async function ensureAccount(
  database: Database,
  userId: number,
  evidence: Evidence,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  if (evidence === "token" || tierOf(userId) === DEMO) return openAccount(database, userId);
  for (let step = 0; step <= WAIT_STEPS; step += 1) {
    if (step > 0) await wait(WAIT_STEP_MS);
    if (await findAccount(database, userId)) return;
  }
  throw new Problem({
    status: 404,
    code: "account-not-found",
    title: "There is no such trading account",
    errors: [{ path: "/body/user_id", message: `no user ${userId} has registered` }],
  });
}
