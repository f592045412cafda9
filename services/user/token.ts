import { SignJWT } from "jose";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "../base/auth/tokens.ts";
import type { SigningKey } from "./signing-key.ts";

export const TOKEN_LIFETIME_SECONDS = 3600;

export interface IssuedToken {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Signs a token that names the user for one hour from `nowMs`. */
export async function issueToken(key: SigningKey, userId: number, nowMs: number): Promise<IssuedToken> {
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = issuedAt + TOKEN_LIFETIME_SECONDS;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: key.kid, typ: "JWT" })
    .setIssuer(TOKEN_ISSUER)
    .setSubject(String(userId))
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key.privateKey);
  return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
}
