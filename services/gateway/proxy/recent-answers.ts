import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { USER_HEADER } from "../../base/auth/token-authenticator.ts";
import type { Clock } from "../../base/clock.ts";
import type { StaleTuning } from "../tuning.ts";
import { AnswerCopy, mayKeep, type WholeAnswer } from "./answer-copy.ts";

/** Headers that may change an answer; they are part of the key. */
const VARY = ["accept", "accept-encoding", "accept-language", "authorization", "cookie", "origin", USER_HEADER];
const KNOWN_VARY = new Set(VARY);
/** Kept with each answer besides its body: key, headers, bookkeeping. */
const ENTRY_BYTES = 1_024;

export interface RecentAnswer extends WholeAnswer {
  readonly ageMs: number;
}

interface Kept extends WholeAnswer {
  readonly atMs: number;
  /** Younger than its place among the others says. */
  readonly isRenewed: boolean;
}

type Asked = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders };

/**
 * The last good answers to reads, for the time in which a service cannot give new ones. An answer is given again only
 * to who got it, for the same path, query and kind of content. Bounded in number, bytes and age; the least recently
 * kept go first.
 */
export class RecentAnswers {
  readonly #clock: Clock;
  readonly #tuning: StaleTuning;
  readonly #answers = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: Clock, tuning: StaleTuning) {
    this.#clock = clock;
    this.#tuning = tuning;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#answers.size;
  }

  /** What a request's answer is kept under; absent for what is no plain read or must not be kept. */
  keyOf({ method, url, headers }: Asked): string | undefined {
    if (method !== "GET" || headers.range !== undefined) return undefined;
    if (headers["cache-control"]?.includes("no-store")) return undefined;
    let key = url;
    for (const name of VARY) {
      const value = headers[name];
      // Whoever reads this process' memory finds no tokens here.
      if (value !== undefined) key += `\n${name}: ${name === "authorization" || name === "cookie" ? hash("sha256", String(value), "base64url") : String(value)}`;
    }
    return key;
  }

  /** Something that keeps the answer as it passes; absent where a young one is there already. */
  copy(key: string): AnswerCopy | undefined {
    const kept = this.#answers.get(key);
    if (kept !== undefined && this.#clock.now() - kept.atMs < this.#tuning.refreshMs) return undefined;
    return new AnswerCopy(
      this.#tuning.maxAnswerBytes,
      (status, fields) => mayKeep(status, fields, KNOWN_VARY),
      (answer) => this.#keep(key, answer),
    );
  }

  /** The answer that was kept, if it is young enough. */
  find(key: string): RecentAnswer | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined) return undefined;
    const ageMs = this.#clock.now() - kept.atMs;
    if (ageMs <= this.#tuning.maxAgeMs) return { fields: kept.fields, body: kept.body, ageMs };
    this.#remove(key);
    return undefined;
  }

  #keep(key: string, answer: WholeAnswer): void {
    const before = this.#answers.get(key);
    if (before !== undefined) this.#bytes -= sizeOf(key, before);
    // In its old place: a map whose entries come and go keeps garbage alive (see `Deadlines`).
    this.#answers.set(key, { ...answer, atMs: this.#clock.now(), isRenewed: before !== undefined });
    this.#bytes += sizeOf(key, answer);
    this.#makeRoom();
  }

  /** Those that were kept longest ago go; one that has been renewed in its place gets a new one instead. */
  #makeRoom(): void {
    for (const [key, kept] of this.#answers) {
      if (this.#answers.size <= this.#tuning.maxEntries && this.#bytes <= this.#tuning.maxBytes) break;
      if (kept.isRenewed) {
        this.#answers.delete(key);
        this.#answers.set(key, { ...kept, isRenewed: false });
      } else this.#remove(key);
    }
  }

  #remove(key: string): void {
    const kept = this.#answers.get(key);
    if (kept === undefined) return;
    this.#answers.delete(key);
    this.#bytes -= sizeOf(key, kept);
  }
}

function sizeOf(key: string, answer: WholeAnswer): number {
  return answer.body.length + 2 * key.length + ENTRY_BYTES;
}
