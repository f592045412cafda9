import { Problem } from "../base/problem.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { QueueFull, WorkLimiter } from "./work-limiter.ts";

/** Two at a time take 38 MiB and leave the event loop free; 64 waiting are about two seconds of work. */
const LIMITS = { concurrency: 2, maxQueued: 64 };

/** A hash that no password gives: an unknown user costs the same time as a wrong password. */
const NOBODYS_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

/** Password hashing under a bound, so that a wave of log-ins is refused instead of starving everything else. */
export class Passwords {
  readonly #limiter = new WorkLimiter(LIMITS);

  /** @throws Problem `password-work-busy` (503) when too many wait. */
  hash(password: string): Promise<string> {
    return this.#bounded(() => hashPassword(password));
  }

  /**
   * Whether the password belongs to the hash; `null` (no such user, no log-in by password) is never right.
   * @throws Problem `password-work-busy` (503) when too many wait.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const right = await this.#bounded(() => verifyPassword(password, hash ?? NOBODYS_HASH));
    return right && hash !== null;
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#limiter.run(work);
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      throw new Problem({
        status: 503,
        code: "password-work-busy",
        title: "Too many registrations and log-ins at this moment",
        detail: "Try again in a second.",
        retryAfterSeconds: 1,
        cause: error,
      });
    }
  }
}
