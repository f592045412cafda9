import { describe, expect, it } from "vitest";
import { lastNeeded, type Migration } from "../../../../../services/base/postgres/migration.ts";
import { oneWaySteps, planMigrations, recordOf, type OtherRelease } from "../../../../../services/base/postgres/migration-plan.ts";
import { schemaPlans } from "../../../../../services/migrate/schemas.ts";

const one: Migration = { id: "0001-one", phase: "expand", sql: "SELECT 1" };
const oneWay: Migration = { id: "0002-one-way", phase: "expand", reversible: false, sql: "SELECT 2" };
const contract: Migration = { id: "0003-contract", phase: "contract", sql: "DROP TABLE old" };
const last: Migration = { id: "0004-last", phase: "expand", sql: "SELECT 4" };
const all = [one, oneWay, contract, last];

const recorded = (...migrations: Migration[]) => new Map(migrations.map((migration) => [migration.id, recordOf(migration)]));
const blue = (...migrations: Migration[]): OtherRelease => ({ colour: "blue", version: "1", steps: new Set(migrations.map(({ id }) => id)) });
const ids = (migrations: readonly Migration[]): readonly string[] => migrations.map(({ id }) => id);

describe("a list of migrations (R-SVC-3)", () => {
  it("is refused with every problem at once", () => {
    const destructive: Migration = { id: "0005-x", phase: "expand", sql: "DROP TABLE one" };
    expect(() => planMigrations("trading", [one, one, { ...one, id: "Two!" }, destructive], recorded({ ...one, sql: "SELECT 2" }))).toThrow(
      [
        "schema trading: 0001-one: its SQL was changed after it had been applied. Fix: restore it and add a further migration",
        "  0001-one: stands twice in the list",
        "  0001-one: its SQL was changed after it had been applied. Fix: restore it and add a further migration",
        "  Two!: an id takes lower case, digits and dashes (0001-accounts)",
        "  0005-x: `drop table one` drops what older code may use. Fix: move it to a step of phase contract, in the release after the one that stopped using it",
      ].join("\n"),
    );
  });

  it("is taken when what was applied is unchanged, whatever reversible steps a newer release has recorded", () => {
    expect(planMigrations("trading", [one], recorded(one, last))).toEqual({ apply: [], needGone: [] });
  });

  it.each([[oneWay], [contract]])("is refused when a newer release has applied a step that cannot be undone (%o)", (step) => {
    expect(() => planMigrations("trading", [one], recorded(one, step))).toThrow(
      `schema trading: ${step.id}: was applied by a newer release and cannot be undone, and this release does not know it. Fix: deploy a release that has this step`,
    );
  });

  it("of every domain is well-formed, and starts with the tables of the event bus", () => {
    expect(schemaPlans.map((plan) => plan.schema).sort()).toEqual(["financial", "gamification", "nft", "social", "trading", "users"]);
    for (const { schema, migrations } of schemaPlans) {
      expect(() => planMigrations(schema, migrations, new Map())).not.toThrow();
      expect(migrations[0]?.id).toBe("base-0001-events");
      expect(migrations.length, schema).toBeGreaterThan(1);
    }
  });
});

describe("contract migrations (R-DEP-2, R-DEP-3)", () => {
  it("are left out, and nothing else, where the other colour's release does not have them", () => {
    const { apply, needGone } = planMigrations("trading", all, recorded(one), blue(one));
    expect(ids(apply)).toEqual(["0002-one-way", "0004-last"]);
    expect(ids(needGone)).toEqual(["0003-contract"]);
  });

  it("are applied in their place where the other colour has them, and where there is none", () => {
    expect(ids(planMigrations("trading", all, recorded(one), blue(...all)).apply)).toEqual(["0002-one-way", "0003-contract", "0004-last"]);
    expect(ids(planMigrations("trading", all, new Map()).apply)).toEqual(ids(all));
  });

  it("are nothing that a service waits for", () => {
    expect(lastNeeded([one, contract])).toBe(one);
    expect(lastNeeded(all)).toBe(last);
    expect(lastNeeded([])).toBeUndefined();
  });
});

describe("steps that cannot go back (R-DEP-3)", () => {
  it("are those that the older release does not have: declared ones, and every contract", () => {
    expect(oneWaySteps(recorded(...all), blue(one))).toEqual(["0002-one-way", "0003-contract"]);
    expect(oneWaySteps(recorded(...all), blue(one, oneWay, contract))).toEqual([]);
  });
});
