import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiResult } from "../api/result.ts";

export const DOCS = join(import.meta.dirname, "../../docs");

/** What the last run of the bench measured; undefined before the first. */
export function lastFigures(): ApiResult | undefined {
  const file = join(DOCS, "figures/api.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ApiResult) : undefined;
}
