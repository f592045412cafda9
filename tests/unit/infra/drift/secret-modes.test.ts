import { expect, test } from "vitest";
import type { DriftItem } from "../../../../infra/drift/drift.ts";
import { modeFields, parseModes, secretWork } from "../../../../infra/drift/secret-modes.ts";

const RIGHT = "500 1000:1000 /run/secrets\n400 1000:1000 /run/secrets/redis\n400 1000:1000 /run/secrets/token\n";

test("secret files as they were written are no drift, in a folder of the host as in a volume (R-DEP-6)", () => {
  expect(modeFields(parseModes(RIGHT), ["redis", "token"])).toEqual([]);
  expect(modeFields(parseModes(RIGHT.replace("500", "755")), undefined)).toEqual([]);
});

test("other modes and owners, files that are gone and files too many are named", () => {
  const text = "777 1000:1000 /run/secrets\n644 1000:1000 /run/secrets/redis\n400 0:0 /run/secrets/new\n";
  const fields = modeFields(parseModes(text), ["redis", "token"]);
  expect(fields).toEqual([
    { field: "folder", expected: "500 1000:1000", found: "777 1000:1000" },
    { field: "new", found: "400 0:0" },
    { field: "redis", expected: "400 1000:1000", found: "644 1000:1000" },
    { field: "token", expected: "400 1000:1000" },
  ]);
  expect(secretWork({ fields } as unknown as DriftItem)).toEqual({ surplus: ["new"], lost: ["token"] });
});

test("where names are not known, only modes are held against", () => {
  expect(modeFields(parseModes(RIGHT.replace("400 1000:1000 /run/secrets/token", "440 1000:1000 /run/secrets/token")), undefined)).toEqual([
    { field: "token", expected: "400 1000:1000", found: "440 1000:1000" },
  ]);
});
