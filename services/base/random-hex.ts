import { randomFillSync } from "node:crypto";

/** Random bytes for some hundred ids: asking the system for each one costs more than the id. */
const pool = Buffer.allocUnsafeSlow(8_192);
let used = pool.length;

/** Random bytes as hexadecimal digits, two for each. @param bytes [1, 8192] */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}
