/** One field that is wrong: a JSON pointer-like path (`/body/amount`) and what it takes. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface ProblemOptions {
  /** HTTP status, [400, 599]. */
  readonly status: number;
  /** Stable, documented, kebab-case: what a program decides by. */
  readonly code: string;
  /** The kind of problem, the same for every occurrence. */
  readonly title: string;
  /** This occurrence, for people. Never a secret, never a stack. */
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  /** Sent as `Retry-After`; whole seconds, >= 0. */
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** Body of every error response (RFC 9457, `application/problem+json`). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly correlationId: string;
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** Headers of an answer with a problem; names in lower case. */
export function problemHead(problem: Problem): Record<string, string> {
  const { retryAfterSeconds } = problem;
  return {
    "content-type": PROBLEM_CONTENT_TYPE,
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterSeconds)) }),
  };
}

/** An answer that is not a success. Thrown anywhere below a route, it becomes the response. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(options: ProblemOptions) {
    super(options.detail ?? options.title, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
    this.detail = options.detail;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  body(correlationId: string): ProblemBody {
    return {
      type: `urn:astratrade:problem:${this.code}`,
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      code: this.code,
      correlationId,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}
