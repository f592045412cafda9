/** A failure that the person at the keyboard can act on: shown without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Exit code of the command; 2 is wrong usage. */
  readonly exitCode: number;

  /** @param message What is wrong and where; further lines say what to do. */
  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** What to show of any failure: its message, never its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
