import type { Person } from "../person.ts";

/** A request, still without the person's token. */
export interface Wish {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  /** Path and query below `/api/v1/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer teaches the person; called for a 2xx. */
  learn?(body: unknown, nowMs: number): void;
  /** The platform refused it by a rule: what the person believed was wrong. */
  unlearn?(): void;
}

/** One thing that a person can do. */
export interface Action {
  readonly name: string;
  /** First segment of its paths: limits count by it. */
  readonly service: string;
  /** How often it is chosen among what is possible. */
  readonly weight: number;
  /** Takes a token. @default false */
  readonly signedIn?: boolean;
  /** Takes password hashing, of which there is little. @default false */
  readonly hashes?: boolean;
  /** Whether the person can do it now. @default always */
  possible?(person: Person): boolean;
  wish(person: Person): Wish;
}

/** Value at a path of a JSON document; undefined where it does not lead anywhere. */
export function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined), json);
}

/** Objects of a list in a JSON document. */
export function listAt(json: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(json, ...path);
  return Array.isArray(found) ? found : [];
}
