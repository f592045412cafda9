import { v7 as uuidv7 } from "uuid";
import type { Logger } from "pino";
import type { Clock } from "../base/clock.ts";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { Problem } from "../base/problem.ts";
import { type Account, accountById } from "./accounts-store.ts";
import type { KeyRing } from "./key-ring.ts";
import { hashOf, newRefreshToken } from "./refresh-token.ts";
import type { Revocations } from "./revocations.ts";
import {
  type EndedSession,
  type EndReason,
  endSessions,
  type FoundSession,
  insertRefreshToken,
  insertSession,
  lockSessionOf,
  markUsed,
} from "./sessions-store.ts";
import { type IssuedToken, issueToken } from "./token.ts";

/** From log-in until a new log-in is needed, however often the tokens were refreshed in between. */
export const SESSION_LIFETIME_SECONDS = 30 * 24 * 3600;

export interface Access extends IssuedToken {
  /** Exchanged once for the next pair of tokens. */
  readonly refreshToken: string;
  /** End of the session, ISO 8601. */
  readonly refreshExpiresAt: string;
}

interface Parts {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Log-ins: each is a session whose refresh tokens are used once (RFC 9700, section 4.14.2). */
export class Sessions {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Opens a session for somebody who has just shown who it is. */
  async open(account: Account): Promise<Access> {
    const { database, clock } = this.#parts;
    const now = clock.now();
    const session = {
      id: uuidv7({ msecs: now }),
      userId: account.id,
      createdAt: new Date(now),
      expiresAt: new Date(now + SESSION_LIFETIME_SECONDS * 1000),
    };
    const refreshToken = newRefreshToken();
    await database.transaction(async (tx) => {
      await insertSession(tx, session);
      await insertRefreshToken(tx, hashOf(refreshToken), session.id, session.createdAt);
    });
    return this.#access(account, session, refreshToken);
  }

  /**
   * Exchanges a refresh token for the next pair. One that comes a second time was stolen or is a thief's: nobody can tell
   * which, so the whole session ends.
   * @throws Problem `invalid-refresh-token` (401)
   */
  async refresh(token: string): Promise<Access> {
    const { database, clock, log } = this.#parts;
    const now = new Date(clock.now());
    const hash = hashOf(token);
    const next = newRefreshToken();
    const outcome = await database.transaction(async (tx) => {
      const session = await lockSessionOf(tx, hash);
      if (session === undefined || session.ended || session.expiresAt <= now) return undefined;
      if (session.used) {
        return { kind: "reused" as const, session, ended: await endSessions(tx, { userId: session.userId, sessionId: session.id, at: now, reason: "reuse" }) };
      }
      const account = await this.#exchange(tx, session, hash, next, now);
      return account && { kind: "exchanged" as const, session, account };
    });
    if (outcome === undefined) throw refreshRefused();
    if (outcome.kind === "exchanged") return this.#access(outcome.account, outcome.session, next);
    log.warn({ userId: outcome.session.userId, sessionId: outcome.session.id }, "refresh token used twice: session ended");
    await this.tell(outcome.ended);
    throw refreshRefused();
  }

  /** Ends a user's session, or all of them where none is named. How many were running. */
  async end(userId: number, sessionId: string | undefined, reason: EndReason): Promise<number> {
    const { database, clock } = this.#parts;
    const ended = await endSessions(database, { userId, sessionId, at: new Date(clock.now()), reason });
    await this.tell(ended);
    return ended.length;
  }

  /** Tells all services; what Redis does not take now it is told when it is back. */
  async tell(ended: readonly EndedSession[]): Promise<void> {
    const { revocations, log } = this.#parts;
    try {
      await revocations.tell(ended);
    } catch (error) {
      log.warn({ err: error }, "cannot tell Redis which sessions have ended; it is told when it is back");
    }
  }

  async #exchange(tx: Transaction, session: FoundSession, used: Buffer, next: string, now: Date): Promise<Account | undefined> {
    await markUsed(tx, used, now);
    await insertRefreshToken(tx, hashOf(next), session.id, now);
    return accountById(tx, session.userId);
  }

  async #access(account: Account, session: Pick<FoundSession, "id" | "expiresAt">, refreshToken: string): Promise<Access> {
    const { keys, clock } = this.#parts;
    const bearer = { userId: account.id, role: account.role, sessionId: session.id };
    const issued = await issueToken(await keys.signingKey(), bearer, clock.now());
    return { ...issued, refreshToken, refreshExpiresAt: session.expiresAt.toISOString() };
  }
}

function refreshRefused(): Problem {
  return new Problem({
    status: 401,
    code: "invalid-refresh-token",
    title: "The refresh token does not hold",
    detail: "It is unknown, was used before, or its session has ended. Log in again.",
    errors: [{ path: "/body/refreshToken", message: "takes the newest refresh token of a running session" }],
  });
}
