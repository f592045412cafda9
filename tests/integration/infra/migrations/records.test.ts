import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRecords, stepsWithoutReturn, waitingSteps } from "../../../../infra/migrations/records.ts";
import type { Migration } from "../../../../services/base/postgres/migration.ts";
import { migrateSchema } from "../../../../services/base/postgres/migrator.ts";
import { createTestDatabase, type TestDatabase } from "../../../support/stores.ts";

let database: TestDatabase;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.connectionOf("astra_admin"));
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const one: Migration = { id: "0001-one", phase: "expand", sql: "CREATE TABLE one (id integer, old text)" };
const oneWay: Migration = { id: "0002-one-way", phase: "expand", reversible: false, sql: "ALTER TABLE one ADD COLUMN new text" };
const contract: Migration = { id: "0003-contract", phase: "contract", sql: "ALTER TABLE one DROP COLUMN old" };

async function migrate(colour: "blue" | "green", life: string | undefined, ...migrations: Migration[]): Promise<void> {
  const owner = new pg.Client(database.connectionOf("trading_owner"));
  await owner.connect();
  await migrateSchema(owner, "trading", migrations, { colour, version: colour, othersLife: async () => await Promise.resolve(life) });
  await owner.end();
}

test("an environment tells which steps wait, and which leave no way back (R-DEP-3)", async () => {
  const empty = await readRecords(admin);
  expect(empty.map(({ schema, steps }) => `${schema} ${steps.size}`)).toContain("trading 0");
  expect(stepsWithoutReturn(empty, "blue")).toEqual([]);

  await migrate("blue", undefined, one);
  await migrate("green", "still runs", one, oneWay, contract);
  const beside = await readRecords(admin);
  expect(stepsWithoutReturn(beside, "blue")).toEqual([{ workload: "trading", migration: "0002-one-way" }]);
  expect(stepsWithoutReturn(beside, "green")).toEqual([]);
  expect(waitingSteps(beside, "green")).toEqual([{ workload: "trading", migration: "0003-contract" }]);

  await migrate("green", undefined, one, oneWay, contract);
  const after = await readRecords(admin);
  expect(waitingSteps(after, "green")).toEqual([]);
  expect(stepsWithoutReturn(after, "blue").map(({ migration }) => migration)).toEqual(["0002-one-way", "0003-contract"]);
});
