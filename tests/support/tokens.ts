import { Redis } from "ioredis";
import type { Role } from "../../services/base/auth/caller.ts";
import { JWKS_CHANNEL, JWKS_KEY } from "../../services/base/auth/tokens.ts";
import { createSigningKey, openSigningKey } from "../../services/user/signing-key.ts";
import { issueToken } from "../../services/user/token.ts";
import type { DomainService } from "./domain-service.ts";

/** Headers of a request that comes with a token. */
export type Bearer = (userId: number, role?: Role) => Promise<Record<string, string>>;

const SECRET = "a secret of this test alone";
const SESSION = "0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968";

/** Publishes a signing key to one service, as the user service would, and signs with it. */
export async function tokensFor({ service }: DomainService): Promise<Bearer> {
  const stored = await createSigningKey(SECRET);
  const key = openSigningKey(stored, SECRET);
  const redis = new Redis({ ...service.context.config.redis });
  await redis.set(JWKS_KEY, JSON.stringify({ keys: [stored.publicJwk] }));
  await redis.publish(JWKS_CHANNEL, "");
  redis.disconnect();
  return async (userId, role = "player") => ({
    authorization: `Bearer ${(await issueToken(key, { userId, role, sessionId: SESSION }, Date.now())).token}`,
  });
}
