import { messageOf } from "../host/user-error.ts";

export type Fetch = (url: string, options: { readonly signal: AbortSignal }) => Promise<Response>;

/** An answer, or why there is none. */
export type Asked<T> = { readonly value: T } | { readonly problem: string };

const DEADLINE_MS = 4_000;

/** Asks for JSON, and never long. It does not throw: what is down is what one wants to know. */
export async function askJson(fetch: Fetch, url: string): Promise<Asked<{ readonly status: number; readonly body: unknown }>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS) });
    const text = await response.text();
    try {
      return { value: { status: response.status, body: JSON.parse(text) as unknown } };
    } catch {
      return { problem: `answers ${response.status} without JSON` };
    }
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") return { problem: `does not answer within ${DEADLINE_MS / 1000} s` };
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(error);
    return { problem: code === "ECONNREFUSED" ? "nothing listens there" : `does not answer: ${code}` };
  }
}

/** Value at a path of a JSON document; undefined where it does not lead anywhere. */
export function within(json: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[key] : undefined),
    json,
  );
}

export function listWithin(json: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = within(json, ...path);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textWithin(json: unknown, ...path: readonly (string | number)[]): string {
  const value = within(json, ...path);
  return typeof value === "string" ? value : "";
}
