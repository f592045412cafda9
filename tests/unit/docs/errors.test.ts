import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DATABASE_PROBLEMS } from "../../../services/base/postgres/failures.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Where a code is not written beside `new Problem`: these files pass on others' codes, or `codesIn` knows their form. */
const INDIRECT = ["services/base/http/errors.ts", "services/base/postgres/failures.ts", "services/nft/routes.ts", "services/trading/risk.ts", "services/trading/routes.ts"];

const FORMS = [/\bcode: "([a-z][a-z0-9-]+)"/g, /\brefusal\(\s*"([a-z][a-z0-9-]+)"/g, /\["([a-z][a-z0-9-]+)", "[A-Z][^"]*"\]/g];

function codesIn(source: string): string[] {
  return FORMS.flatMap((form) => [...source.matchAll(form)].map((match) => match[1] ?? ""));
}

async function sources(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const file of glob("services/**/*.ts", { cwd: ROOT })) if (!file.includes("_gen")) files.set(file, readFileSync(join(ROOT, file), "utf8"));
  return files;
}

function documented(): string[] {
  return [...readFileSync(join(ROOT, "docs/errors.md"), "utf8").matchAll(/^\| `([a-z0-9-]+)` \| \d{3}/gm)].map((match) => match[1] ?? "");
}

describe("the list of error codes in docs/errors.md", () => {
  it("names every code of the source, and none that is not there", async () => {
    const inSource = new Set(Object.values<string>(DATABASE_PROBLEMS));
    for (const source of (await sources()).values()) if (/\bProblem\b/.test(source)) for (const code of codesIn(source)) inSource.add(code);
    expect(documented().sort()).toEqual([...inSource].sort());
  });

  it("names each code once", () => {
    expect(new Set(documented()).size).toBe(documented().length);
  });

  it("is complete because every problem's code can be seen where it is made", async () => {
    const hidden = [...(await sources())]
      .filter(([, source]) => [...source.matchAll(/new Problem\(\{(.*?)\}\)/gs)].some((match) => !/\bcode: "/.test(match[1] ?? "")))
      .map(([file]) => file);
    expect(hidden.filter((file) => !INDIRECT.includes(file))).toEqual([]);
  });
});
