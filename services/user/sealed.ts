import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The secret is a long random text and not a key: HKDF makes 32 bytes for this one purpose of it. */
function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "astratrade signing keys", 32));
}

/**
 * Encrypts text with AES-256-GCM. `context` is authenticated with it: a sealed text that is moved to another
 * row does not open there. Layout: IV (12 bytes), tag (16 bytes), ciphertext.
 */
export function seal(text: string, secret: string, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyFrom(secret), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Text that `seal` encrypted. @throws Error when the secret or the context is another one, or a bit has changed. */
export function unseal(sealed: Buffer, secret: string, context: string): string {
  const decipher = createDecipheriv(ALGORITHM, keyFrom(secret), sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
}
