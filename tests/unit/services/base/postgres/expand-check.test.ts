import { describe, expect, it } from "vitest";
import { expandProblems } from "../../../../../services/base/postgres/expand-check.ts";
import { sqlStatements } from "../../../../../services/base/postgres/sql-statements.ts";
import { schemaPlans } from "../../../../../services/migrate/schemas.ts";

const problems = (sql: string): readonly string[] => expandProblems({ id: "0002-x", phase: "expand", sql });

describe("an expand migration (R-DEP-2)", () => {
  it.each([
    ["DROP TABLE trades", "drops what older code may use"],
    ["DROP FUNCTION price()", "drops what older code may use"],
    ["ALTER TABLE trades DROP COLUMN fee", "drops what older code uses"],
    ["ALTER TABLE trades DROP fee", "drops what older code uses"],
    ["ALTER TABLE trades RENAME COLUMN fee TO cost", "renames"],
    ["ALTER TABLE IF EXISTS ONLY trades RENAME TO deals", "renames"],
    ["ALTER INDEX trades_by_user RENAME TO other", "renames"],
    ["ALTER TABLE trades SET SCHEMA other", "moves the table away"],
    ["ALTER TABLE trades ALTER COLUMN fee TYPE numeric(30, 8)", "changes a column's type"],
    ["ALTER TABLE trades ALTER fee SET DATA TYPE text", "changes a column's type"],
    ["ALTER TABLE trades ALTER COLUMN fee SET NOT NULL", "(NOT NULL)"],
    ["ALTER TABLE trades ALTER COLUMN fee DROP DEFAULT", "takes away a default"],
    ["ALTER TABLE trades ADD COLUMN note text, ADD COLUMN kind text NOT NULL", "NOT NULL without a default"],
    ["ALTER TABLE trades ADD CHECK (fee > 0)", "(CHECK)"],
    ["ALTER TABLE trades ADD CONSTRAINT one UNIQUE (user_id)", "(UNIQUE)"],
    ["ALTER TABLE trades ADD CONSTRAINT owner FOREIGN KEY (user_id) REFERENCES accounts NOT VALID", "(FOREIGN KEY)"],
    ["CREATE UNIQUE INDEX CONCURRENTLY one ON trades (user_id)", "(UNIQUE)"],
    ["TRUNCATE trades", "removes rows"],
    ["DELETE FROM trades WHERE fee = 0", "removes rows"],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE trades'; END $$", "runs DROP TABLE in a DO block"],
    ["CREATE TABLE a (id int); -- fine\n/* too */ ALTER TABLE\n  trades\n  DROP COLUMN fee;", "drops what older code uses"],
  ])("is refused that says %s", (sql, reason) => {
    expect(problems(sql)).toHaveLength(1);
    expect(problems(sql)[0]).toMatch(/^0002-x: `/);
    expect(problems(sql)[0]).toContain(reason);
    expect(problems(sql)[0]).toContain("Fix: move it to a step of phase contract");
    expect(expandProblems({ id: "0002-x", phase: "contract", sql })).toEqual([]);
  });

  it.each([
    "CREATE TABLE notes (id uuid PRIMARY KEY, text text NOT NULL); CREATE UNIQUE INDEX one ON notes (text); ALTER TABLE notes ADD CHECK (text <> '')",
    "ALTER TABLE trades ADD COLUMN note text, ADD COLUMN kind text NOT NULL DEFAULT 'a', ADD COLUMN total numeric(20, 2) GENERATED ALWAYS AS (fee * 2) STORED NOT NULL",
    "ALTER TABLE trades ALTER COLUMN fee DROP NOT NULL, ALTER COLUMN fee SET DEFAULT 0",
    "ALTER TABLE trades DROP CONSTRAINT status_check, ADD CONSTRAINT status_check CHECK (status IN ('open', 'closed', 'new'))",
    "CREATE INDEX by_user ON trades (user_id); DROP INDEX by_account",
    "COMMENT ON TABLE trades IS 'DROP TABLE; is only said here'",
    "INSERT INTO trades SELECT 'DROP TABLE trades; RENAME'",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN DELETE FROM trades; DROP TABLE x; RETURN NULL; END $body$",
    "UPDATE trades SET note = 'a''; DROP TABLE trades; --'",
    'CREATE TABLE "Odd; DROP TABLE" (id int)',
    "DO $$ BEGIN EXECUTE format('GRANT SELECT ON outbox TO %I', 'x'); END $$",
  ])("may say %s", (sql) => {
    expect(problems(sql)).toEqual([]);
  });

  it("of every domain leaves the older release what it uses", () => {
    expect(schemaPlans.flatMap(({ schema, migrations }) => migrations.flatMap(expandProblems).map((problem) => `${schema} ${problem}`))).toEqual([]);
  });
});

describe("a script of statements", () => {
  it("is split at the semicolons that stand outside of literals, comments and bodies", () => {
    expect(sqlStatements("SELECT ';', $a$ x; y $a$; -- ;\n/* ; */ SELECT \"A;b\" ;;").map(({ text }) => text)).toEqual(["select '', $$", 'select "A;b"']);
    expect(sqlStatements("SELECT $1; SELECT $$never closed; ").map(({ text }) => text)).toEqual(["select $1", "select $$"]);
  });
});
