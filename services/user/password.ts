import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

interface Cost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
export const PASSWORD_COST: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}

/** NFKC, so that the same password typed on another keyboard gives the same bytes. */
function hash(password: string, salt: Buffer, cost: Cost, length: number): Promise<Buffer> {
  return derive("argon2id", {
    message: password.normalize("NFKC"),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.parallelism,
    tagLength: length,
  });
}

/** Argon2id hash of a password in PHC form, with a salt of its own. */
export async function hashPassword(password: string, cost: Cost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const digest = await hash(password, salt, cost, HASH_BYTES);
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(digest)}`;
}

/**
 * Whether the password is the one that was hashed, with the cost that stands in the hash.
 * @throws Error when the hash is not argon2id in PHC form: the stored data is damaged.
 */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, digest] = PHC.exec(phc) ?? [];
  if (salt === undefined || digest === undefined) throw new Error("stored password hash is not argon2id in PHC form");
  const expected = Buffer.from(digest, "base64");
  const cost = { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return timingSafeEqual(await hash(password, Buffer.from(salt, "base64"), cost, expected.length), expected);
}
