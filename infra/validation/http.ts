import type { ValidationContext } from "./check.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when the body is none. */
  readonly json: unknown;
  readonly text: string;
  readonly tookMs: number;
}

/** No request of a check waits longer. */
const REQUEST_DEADLINE_MS = 10_000;

/** Sends one request. A body makes it a POST. @throws Error with the address when nothing answers. */
export async function request(
  context: ValidationContext,
  url: string,
  options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const started = context.clock.now();
  let response: Response;
  let text: string;
  try {
    response = await context.fetch(url, {
      method: options.body === undefined ? "GET" : "POST",
      headers: { ...(options.body === undefined ? {} : { "content-type": "application/json" }), ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    });
    text = await response.text();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    throw new Error(`${url} does not answer: ${reason}`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, json, text, tookMs: context.clock.now() - started };
}

/** @throws Error with the address, what was expected, and the beginning of what came. */
export function requireStatus(url: string, answer: Answer, ...expected: readonly number[]): void {
  if (expected.includes(answer.status)) return;
  throw new Error(`${url} answered ${answer.status}, expected ${expected.join(" or ")}: ${answer.text.slice(0, 300)}`);
}

/** Value at a path of a JSON document; undefined where it does not lead anywhere. */
export function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined),
    json,
  );
}

/** Asks again until `done` is content. @throws Error with the last reason when the time is over. */
export async function eventually<T>(
  context: ValidationContext,
  withinMs: number,
  ask: () => Promise<{ readonly done: T } | { readonly notYet: string }>,
): Promise<{ readonly value: T; readonly tookMs: number }> {
  const started = context.clock.now();
  for (;;) {
    const answer = await ask();
    const tookMs = context.clock.now() - started;
    if ("done" in answer) return { value: answer.done, tookMs };
    if (tookMs >= withinMs) throw new Error(`${answer.notYet} (waited ${Math.round(withinMs / 1000)} s)`);
    await context.clock.sleep(100);
  }
}
