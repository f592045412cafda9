import { describe, expect, it } from "vitest";
import type { Migration } from "../../../../../services/base/postgres/migration.ts";
import { checkMigrations, checksumOf } from "../../../../../services/base/postgres/migrator.ts";
import { schemaPlans } from "../../../../../services/migrate/schemas.ts";

const one: Migration = { id: "0001-one", phase: "expand", sql: "SELECT 1" };

describe("a list of migrations (R-SVC-3)", () => {
  it("is refused with every problem at once", () => {
    const recorded = new Map([["0001-one", checksumOf({ ...one, sql: "SELECT 2" })]]);
    expect(() => checkMigrations("trading", [one, one, { ...one, id: "Two!" }], recorded)).toThrow(
      [
        "schema trading: 0001-one: its SQL was changed after it had been applied. Fix: restore it and add a further migration",
        "  0001-one: stands twice in the list",
        "  0001-one: its SQL was changed after it had been applied. Fix: restore it and add a further migration",
        "  Two!: an id takes lower case, digits and dashes (0001-accounts)",
      ].join("\n"),
    );
  });

  it("is taken when what was applied is unchanged, whatever a newer release has recorded", () => {
    const recorded = new Map([["0001-one", checksumOf(one)], ["0009-newer", "anything"]]);
    expect(() => checkMigrations("trading", [one], recorded)).not.toThrow();
  });

  it("of every domain is well-formed, and starts with the tables of the event bus", () => {
    expect(schemaPlans.map((plan) => plan.schema).sort()).toEqual(["financial", "gamification", "nft", "social", "trading", "users"]);
    for (const { schema, migrations } of schemaPlans) {
      expect(() => checkMigrations(schema, migrations, new Map())).not.toThrow();
      expect(migrations[0]?.id).toBe("base-0001-events");
      expect(migrations.length, schema).toBeGreaterThan(1);
    }
  });
});
