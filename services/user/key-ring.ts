import type { Logger } from "pino";
import type { Database } from "../base/postgres/database.ts";
import { createSigningKey, openSigningKey, type PublicJwk, type SigningKey } from "./signing-key.ts";
import { activeKey, insertKey, lockKeyCreation, publicKeys, retireKey } from "./signing-keys-store.ts";
import { TOKEN_LIFETIME_SECONDS } from "./token.ts";

/** How much longer than its tokens a retired key stays published: verifiers' clocks differ. */
const CLOCK_MARGIN_SECONDS = 300;

interface KeyRingOptions {
  readonly database: Database;
  /** Encrypts the private keys at rest. */
  readonly secret: string;
  readonly log: Logger;
}

/** The keys that tokens are signed with, shared by all instances through the database. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #signing: SigningKey | undefined;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /**
   * The key to sign with; the first call finds it, or makes the first one ever. A key that does not open (the secret
   * is a new one, the volume an old one) is retired and replaced: what it signed stays valid, and nobody is locked out.
   */
  async signingKey(): Promise<SigningKey> {
    this.#signing ??= await this.#findOrCreate();
    return this.#signing;
  }

  /** Public halves of all keys whose tokens may still be valid. */
  publicKeys(): Promise<PublicJwk[]> {
    return publicKeys(this.#options.database, TOKEN_LIFETIME_SECONDS + CLOCK_MARGIN_SECONDS);
  }

  #findOrCreate(): Promise<SigningKey> {
    const { database, secret, log } = this.#options;
    return database.transaction(async (tx) => {
      await lockKeyCreation(tx);
      const stored = await activeKey(tx);
      if (stored) {
        try {
          return openSigningKey(stored, secret);
        } catch (error) {
          log.warn({ kid: stored.kid, err: error }, "signing key does not open with the secret token_encryption: retiring it");
          await retireKey(tx, stored.kid);
        }
      }
      const fresh = await createSigningKey(secret);
      await insertKey(tx, fresh);
      log.info({ kid: fresh.kid }, "new signing key");
      return openSigningKey(fresh, secret);
    });
  }
}
