import type { Logger } from "pino";
import type { Clock } from "../base/clock.ts";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { createSigningKey, openSigningKey, type PublicJwk, type SigningKey } from "./signing-key.ts";
import { activeKey, insertKey, lockKeyCreation, publicKeys, retireKey } from "./signing-keys-store.ts";
import { TOKEN_LIFETIME_SECONDS } from "./token.ts";

/** A key signs for this long, and then the next one does. */
export const KEY_LIFETIME_SECONDS = 30 * 24 * 3600;
/** How long an instance goes on with a key without looking whether another instance has replaced it. */
const LOOK_AGAIN_MS = 10_000;
/** How much longer than its tokens a retired key stays published: other instances sign with it a little longer, and clocks differ. */
const MARGIN_SECONDS = 300;

interface KeyRingOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Encrypts the private keys at rest. */
  readonly secret: string;
  readonly log: Logger;
  /** Tells verifiers of all keys before the newest one signs. What it throws stops a rotation. */
  readonly announce?: (keys: readonly PublicJwk[]) => Promise<void>;
}

/** The keys that tokens are signed with, shared by all instances through the database. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #signing: SigningKey | undefined;
  #lookedAtMs = 0;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /**
   * The key to sign with; the first call finds it, or makes the first one ever. A key older than 30 days is replaced,
   * and so is one that does not open (the secret is a new one, the volume an old one): what they signed stays valid.
   */
  async signingKey(): Promise<SigningKey> {
    const now = this.#options.clock.now();
    if (this.#signing === undefined || now - this.#lookedAtMs >= LOOK_AGAIN_MS) {
      this.#signing = await this.#findOrCreate();
      this.#lookedAtMs = now;
    }
    return this.#signing;
  }

  /**
   * Replaces the key that signs, at once. @returns the new key's id
   * @throws Error where verifiers cannot be told of the new key: then the old one goes on signing.
   */
  async rotate(): Promise<string> {
    const { database } = this.#options;
    const fresh = await database.transaction(async (tx) => {
      await lockKeyCreation(tx);
      const stored = await activeKey(tx);
      return this.#replace(tx, stored?.kid);
    });
    this.#signing = fresh;
    this.#lookedAtMs = this.#options.clock.now();
    return fresh.kid;
  }

  /** Public halves of all keys whose tokens may still be valid. */
  publicKeys(): Promise<PublicJwk[]> {
    return publicKeys(this.#options.database, TOKEN_LIFETIME_SECONDS + MARGIN_SECONDS);
  }

  async #findOrCreate(): Promise<SigningKey> {
    const { database, secret, log } = this.#options;
    const found = await database.transaction(async (tx) => {
      await lockKeyCreation(tx);
      const stored = await activeKey(tx);
      if (stored === undefined) return { key: await this.#create(tx) };
      try {
        return { key: openSigningKey(stored, secret), ageSeconds: stored.ageSeconds };
      } catch (error) {
        log.warn({ kid: stored.kid, err: error }, "signing key does not open with the secret token_encryption: retiring it");
        await retireKey(tx, stored.kid);
        return { key: await this.#create(tx) };
      }
    });
    if ((found.ageSeconds ?? 0) < KEY_LIFETIME_SECONDS) return found.key;
    try {
      await this.rotate();
    } catch (error) {
      log.warn({ err: error }, "signing key is old and cannot be replaced now; it signs a little longer");
    }
    return this.#signing ?? found.key;
  }

  async #replace(tx: Transaction, kid: string | undefined): Promise<SigningKey> {
    if (kid !== undefined) await retireKey(tx, kid);
    const fresh = await this.#create(tx);
    // Whoever verifies knows the new key before anything is signed with it.
    await this.#options.announce?.(await publicKeys(tx, TOKEN_LIFETIME_SECONDS + MARGIN_SECONDS));
    return fresh;
  }

  async #create(tx: Transaction): Promise<SigningKey> {
    const { secret, log } = this.#options;
    const fresh = await createSigningKey(secret);
    await insertKey(tx, fresh);
    log.info({ kid: fresh.kid }, "new signing key");
    return openSigningKey(fresh, secret);
  }
}
