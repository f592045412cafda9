import type { Redis } from "ioredis";
import { JWKS_CHANNEL, JWKS_KEY } from "../base/auth/tokens.ts";
import type { PublicJwk } from "./signing-key.ts";

/** Puts the public keys where every service finds them, and says so. @throws where Redis does not take them. */
export async function announceKeys(redis: Redis, keys: readonly PublicJwk[]): Promise<void> {
  const json = JSON.stringify({ keys });
  if ((await redis.getset(JWKS_KEY, json)) !== json) await redis.publish(JWKS_CHANNEL, "");
}
