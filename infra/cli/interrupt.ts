const interruption = new AbortController();
let expected = false;

/** For commands that go on until somebody ends them: aborts at Ctrl-C, which then is their proper end. */
export function untilInterrupted(): AbortSignal {
  expected = true;
  return interruption.signal;
}

/** Tells a command that waits for it. @returns false when the running command does not. */
export function interruptExpected(): boolean {
  if (expected) interruption.abort();
  return expected;
}
