import { UserError } from "../host/user-error.ts";
import { onVolume } from "./helper-container.ts";
import { LOADING_FOLDER, POSTGRES_PATH } from "./places.ts";

/** Transactions whose states stand in one file: a new count begins with a file of its own. */
const PER_FILE = 1_048_576n;
const EPOCH = 1n << 32n;
/** Further away a fresh database's own transactions would seem to be in the future. */
const FARTHEST = 1_500_000_000n;

/**
 * First number, and how often the count has begun anew, from which a restored database counts on: above all that the old
 * one gave.
 * @param next Number of the old one's next transaction, 64 bits
 */
export function countFrom(next: bigint): { readonly epoch: bigint; readonly id: bigint } {
  const epoch = next / EPOCH;
  const id = ((next % EPOCH) / PER_FILE + 1n) * PER_FILE;
  return id <= FARTHEST ? { epoch, id } : { epoch: epoch + 1n, id: PER_FILE };
}

/**
 * Lets a stopped database count on from where the old one was. Entries of the ledger know the transaction that wrote
 * them, and the audit adds up those below the open ones: with numbers that begin anew it would leave restored ones out.
 */
export async function nextTransactionId(image: string, volume: string, next: string): Promise<void> {
  const { epoch, id } = countFrom(BigInt(next));
  const data = `${POSTGRES_PATH}/${LOADING_FOLDER}`;
  const { code, stderr } = await onVolume(image, volume, POSTGRES_PATH, `pg_resetwal --epoch=${epoch} --next-transaction-id=${id} ${data} && sync -f ${data}`);
  if (code !== 0) throw new UserError(`pg_resetwal failed (exit ${code}): ${stderr.trim()}`);
}
