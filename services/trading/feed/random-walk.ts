/**
 * A walk that wanders like a price and is nonetheless a pure function of its seed and the time, so that every
 * instance of every colour sees the same one without talking to the others.
 *
 * It is a sum of octaves. Octave `k` has a pseudo-random value at every multiple of 4^k seconds, is straight in
 * between, and swings 2^k times as far as octave 0: spread grows with the square root of time, as a random walk's
 * does, up to the largest octave (12 days). Whole numbers only.
 */

const OCTAVES = 11n;
/** Values at the multiples are in [-SCALE, SCALE]. */
const SCALE = 1_000_000n;

/** Greatest possible value of `walk` with volatility 1, in millionths: the sum of all octaves' swings. */
export const WALK_LIMIT = (1n << OCTAVES) - 1n;

/** 32 well-mixed bits of a text (FNV-1a with murmur3's finish). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function valueAt(seed: string, octave: bigint, index: bigint): bigint {
  return (BigInt(hash(`${seed}/${octave}/${index}`)) % (2n * SCALE + 1n)) - SCALE;
}

/**
 * Distance from the start at a time, in millionths.
 * @param seed Names the walk: other seed, other walk.
 * @param second Whole seconds since 1970-01-01 UTC, >= 0.
 * @param volatility Swing of the shortest octave in millionths, >= 0.
 */
export function walk(seed: string, second: bigint, volatility: bigint): bigint {
  let sum = 0n;
  for (let octave = 0n; octave < OCTAVES; octave += 1n) {
    const period = 1n << (2n * octave);
    const index = second / period;
    const into = second % period;
    const here = valueAt(seed, octave, index) * (period - into) + valueAt(seed, octave, index + 1n) * into;
    sum += ((here << octave) * volatility) / period;
  }
  return sum / SCALE;
}
