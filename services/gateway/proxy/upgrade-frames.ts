const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Close code 1001, "going away" (RFC 6455, 7.4.1): what a server says that stops. */
export const GOING_AWAY = 1001;

/** Follows the frames of one direction of a WebSocket (RFC 6455, 5.2), so that a frame of our own can stand between two. */
export class FrameBoundaries {
  /** Bytes of the current frame's head so far; a head has 2 to 14. */
  #head: number[] = [];
  #payloadLeft = 0n;

  /** Whether everything so far ends with the end of a frame. */
  get isBetween(): boolean {
    return this.#head.length === 0 && this.#payloadLeft === 0n;
  }

  /** Follows a piece of the stream. @returns Offset of the first end of a frame in it; -1: there is none. */
  follow(chunk: Buffer): number {
    let first = -1;
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0n) {
        const step = Math.min(chunk.length - at, Number(this.#payloadLeft));
        this.#payloadLeft -= BigInt(step);
        at += step;
      } else {
        this.#head.push(chunk[at] ?? 0);
        at += 1;
        const length = payloadLength(this.#head);
        if (length === undefined) continue;
        this.#head = [];
        this.#payloadLeft = length;
      }
      if (first < 0 && this.isBetween) first = at;
    }
    return first;
  }
}

/** Payload length of a frame by its head; undefined: the head is not complete. */
function payloadLength(head: readonly number[]): bigint | undefined {
  const [, second] = head;
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const extended = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
  const mask = (second & 0x80) === 0 ? 0 : 4;
  if (head.length < 2 + extended + mask) return undefined;
  if (extended === 0) return BigInt(short);
  return head.slice(2, 2 + extended).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** A close frame with a code. @param masked As a client has to send it; the mask is zero, which is as good for two bytes that nobody chose. */
export function closeFrame(code: number, masked: boolean): Buffer {
  const payload = [code >> 8, code & 0xff];
  return Buffer.from(masked ? [0x88, 0x82, 0, 0, 0, 0, ...payload] : [0x88, 0x02, ...payload]);
}
