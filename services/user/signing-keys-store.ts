import type { Transaction } from "../base/postgres/database.ts";
import type { PublicJwk, StoredSigningKey } from "./signing-key.ts";

interface Row {
  kid: string;
  public_jwk: PublicJwk;
  private_jwk_encrypted: Buffer;
}

/** Any number that no other advisory lock of this schema uses. */
const KEY_CREATION_LOCK = 7_011;

/** One instance at a time decides whether a key has to be made, until its transaction ends. */
export async function lockKeyCreation(tx: Transaction): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtext(current_schema()), $1)", [KEY_CREATION_LOCK]);
}

/** The key that signs, at most one, and how long it has done so. */
export async function activeKey(tx: Transaction): Promise<(StoredSigningKey & { readonly ageSeconds: number }) | undefined> {
  const [row] = await tx.query<Row & { age_seconds: string }>(
    `SELECT kid, public_jwk, private_jwk_encrypted, extract(epoch FROM now() - created_at) AS age_seconds
       FROM signing_keys WHERE retired_at IS NULL`,
  );
  return (
    row && {
      kid: row.kid,
      publicJwk: row.public_jwk,
      privateJwkEncrypted: row.private_jwk_encrypted,
      ageSeconds: Number(row.age_seconds),
    }
  );
}

export async function insertKey(tx: Transaction, key: StoredSigningKey): Promise<void> {
  await tx.query("INSERT INTO signing_keys (kid, public_jwk, private_jwk_encrypted) VALUES ($1, $2, $3)", [
    key.kid,
    JSON.stringify(key.publicJwk),
    key.privateJwkEncrypted,
  ]);
}

/** From now on the key signs no more; what it signed stays valid. */
export async function retireKey(tx: Transaction, kid: string): Promise<void> {
  await tx.query("UPDATE signing_keys SET retired_at = now() WHERE kid = $1", [kid]);
}

/** Public keys by which a token can still be verified: the active one, and those retired less than `seconds` ago. */
export async function publicKeys(queries: Pick<Transaction, "query">, seconds: number): Promise<PublicJwk[]> {
  const rows = await queries.query<Pick<Row, "public_jwk">>(
    `SELECT public_jwk FROM signing_keys
      WHERE retired_at IS NULL OR retired_at > now() - make_interval(secs => $1)
      ORDER BY created_at DESC, kid`,
    [seconds],
  );
  return rows.map((row) => row.public_jwk);
}
