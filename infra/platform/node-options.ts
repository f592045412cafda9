/** Share of a Node container's memory that its old objects may take; the rest is young ones, stacks, buffers and the runtime. */
const OLD_SHARE = 0.6;

/** Half of V8's space for new objects, MiB. V8 lets it grow further, which cost a gateway 3 to 11 % more processor time (docs/benchmarks.md). */
const YOUNG_MB = 16;
/** Share of the memory that it may be at most: three of them exist. */
const YOUNG_SHARE = 1 / 32;

/** `NODE_OPTIONS` of a process in a container with so much memory, MiB. */
export function nodeOptions(memoryMb: number): string {
  const youngMb = Math.max(1, Math.min(YOUNG_MB, Math.floor(memoryMb * YOUNG_SHARE)));
  return `--max-old-space-size=${Math.floor(memoryMb * OLD_SHARE)} --max-semi-space-size=${youngMb}`;
}
