import { SignJWT } from "jose";
import type { Caller } from "../base/auth/caller.ts";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "../base/auth/tokens.ts";
import type { SigningKey } from "./signing-key.ts";

/** Short, since a service that cannot be told of a log-out believes a token until it expires. */
export const TOKEN_LIFETIME_SECONDS = 900;

export interface IssuedToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Signs a token that names the user, its role and its session for 15 minutes from `nowMs`. */
export async function issueToken(key: SigningKey, bearer: Required<Caller>, nowMs: number): Promise<IssuedToken> {
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = issuedAt + TOKEN_LIFETIME_SECONDS;
  const token = await new SignJWT({ sid: bearer.sessionId, role: bearer.role })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: key.kid, typ: "JWT" })
    .setIssuer(TOKEN_ISSUER)
    .setSubject(String(bearer.userId))
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key.privateKey);
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
}
