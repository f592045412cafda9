/** Tar counts in blocks of this size. */
export const BLOCK_BYTES = 512;

const NAME_BYTES = 100;
const SIZE_AT = 124;
const SIZE_BYTES = 12;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
/** Eleven octal digits. Larger files have their size in binary, as GNU tar writes it. */
const MOST_OCTAL_BYTES = 8 ** 11 - 1;

/** Bytes that a file takes in an archive behind its header: whole blocks. */
export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++)
    // The checksum counts itself as spaces.
    sum += at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_BYTES ? 0x20 : (header[at] ?? 0);
  return sum;
}

/** Header (POSIX ustar) of a file that only its owner reads. */
export function tarHeader(name: string, sizeBytes: number, modifiedMs: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new Error(`"${name}" is too long for tar`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (at: number, bytes: number, value: number): void => void header.write(value.toString(8).padStart(bytes - 1, "0"), at, "ascii");
  header.write(name, 0, "utf8");
  octal(100, 8, 0o600);
  octal(108, 8, 0);
  octal(116, 8, 0);
  if (sizeBytes > MOST_OCTAL_BYTES) {
    header[SIZE_AT] = 0x80;
    header.writeBigUInt64BE(BigInt(sizeBytes), SIZE_AT + SIZE_BYTES - 8);
  } else {
    octal(SIZE_AT, SIZE_BYTES, sizeBytes);
  }
  octal(136, 12, Math.floor(modifiedMs / 1000));
  header.write("0", 156, "ascii");
  header.write("ustar\u000000", 257, "ascii");
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\u0000 `, CHECKSUM_AT, "ascii");
  return header;
}

/** What a header says; undefined for the empty block that ends an archive. @throws Error when it is damaged. */
export function readTarHeader(header: Buffer): { readonly name: string; readonly sizeBytes: number } | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  const text = (at: number, bytes: number): string => (header.toString("utf8", at, at + bytes).split("\0")[0] ?? "").trim();
  if (Number.parseInt(text(CHECKSUM_AT, CHECKSUM_BYTES), 8) !== checksum(header)) throw new Error("this is no tar header");
  const sizeBytes =
    header[SIZE_AT] === 0x80 ? Number(header.readBigUInt64BE(SIZE_AT + SIZE_BYTES - 8)) : Number.parseInt(text(SIZE_AT, SIZE_BYTES), 8);
  return { name: text(0, NAME_BYTES), sizeBytes };
}
