/** What the checks need to know of an environment. */
export interface ValidationContext {
  readonly environment: string;
  /** Address of a platform port on this machine: `http://127.0.0.1:8000`. */
  url(port: number): string;
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly fetch: typeof fetch;
}

/** One thing that must be true of the running platform. */
export interface ValidationCheck {
  /** What is shown, as a sentence; names requirement ids. */
  readonly name: string;
  /** It stops containers; run only when asked for. */
  readonly disruptive?: true;
  /** @returns A detail for people. @throws Error saying what was expected and what came. */
  run(context: ValidationContext): Promise<string>;
}
