import { createHash, randomBytes } from "node:crypto";

/** 256 random bits: nobody guesses one, so that a fast hash is enough to store it by. */
const TOKEN_BYTES = 32;

/** A new refresh token, in base64url. */
export function newRefreshToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is stored of a refresh token. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
