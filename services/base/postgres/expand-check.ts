import type { Migration } from "./migration.ts";
import { splitOutsideBrackets, sqlStatements, type SqlStatement } from "./sql-statements.ts";

/** Names as a statement may write them: `t`, `"T"`, `schema.t`. */
const NAME = String.raw`(?:"[^"]+"|[\w.])+`;
const CREATED_TABLE = new RegExp(String.raw`^create (?:(?:global |local )?(?:temp|temporary|unlogged) )?table (?:if not exists )?(${NAME})`);
const ALTERED_TABLE = new RegExp(String.raw`^alter table (?:if exists )?(?:only )?(${NAME})(?: \*)? (.*)$`);
const UNIQUE_INDEX = new RegExp(String.raw`^create unique index (?:concurrently )?(?:if not exists )?(?:${NAME} )?on (?:only )?(${NAME})`);
const EMPTIED = new RegExp(String.raw`^(?:truncate(?: table)?(?: only)?|delete from(?: only)?) (${NAME})`);
const CONSTRAINT = new RegExp(String.raw`^add (?:constraint (${NAME}) )?(check|unique|primary key|foreign key|exclude)\b`);
const DROPPED_CONSTRAINT = new RegExp(String.raw`^drop constraint (?:if exists )?(${NAME})`);
/** Looked for in what is run as text, where nothing more can be known of it. */
const IN_BODY = /\b(drop\s+(?:table|column|schema|view|type|constraint)|truncate|rename\s+(?:to|column)|set\s+not\s+null)\b/i;

/** Why an action of an `ALTER TABLE` on a table that older code uses breaks that code; undefined where it does not. */
function alteration(action: string, replaced: ReadonlySet<string>): string | undefined {
  if (/^rename\b/.test(action)) return "renames what older code knows by its name";
  if (action.startsWith("set schema ")) return "moves the table away from older code";
  if (/^(alter|drop|add)\b/.test(action) === false) return undefined;
  if (/^alter (column )?\S+ (set data )?type\b/.test(action)) return "changes a column's type";
  if (/^alter (column )?\S+ set not null\b/.test(action)) return "refuses rows that older code writes (NOT NULL)";
  if (/^alter (column )?\S+ drop default\b/.test(action)) return "takes away a default that older code relies on";
  const constraint = CONSTRAINT.exec(action);
  if (constraint !== null)
    return constraint[1] !== undefined && replaced.has(constraint[1]) ? undefined : `refuses rows that older code writes (${constraint[2]?.toUpperCase() ?? ""})`;
  // A constraint that goes refuses nothing; one that a statement needs by name is a mistake that a test shows.
  if (/^drop constraint\b/.test(action)) return undefined;
  if (/^drop\b/.test(action)) return "drops what older code uses";
  if (/^add\b/.test(action) && /\bnot null\b/.test(action) && !/\b(default|generated)\b/.test(action))
    return "adds a column that older code does not fill (NOT NULL without a default)";
  return undefined;
}

function problemsOf({ text, bodies }: SqlStatement, own: ReadonlySet<string>): readonly string[] {
  const altered = ALTERED_TABLE.exec(text);
  if (altered !== null) {
    if (own.has(altered[1] ?? "")) return [];
    const actions = splitOutsideBrackets(altered[2] ?? "");
    const replaced = new Set(actions.flatMap((action) => DROPPED_CONSTRAINT.exec(action)?.[1] ?? []));
    return actions.flatMap((action) => alteration(action, replaced) ?? []);
  }
  if (/^drop index\b/.test(text)) return [];
  if (/^drop\b/.test(text)) return ["drops what older code may use"];
  if (/^alter \w+ .* rename\b/.test(text)) return ["renames what older code knows by its name"];
  const emptied = EMPTIED.exec(text);
  if (emptied !== null && !own.has(emptied[1] ?? "")) return ["removes rows that older code still uses"];
  const unique = UNIQUE_INDEX.exec(text);
  if (unique !== null && !own.has(unique[1] ?? "")) return ["refuses rows that older code writes (UNIQUE)"];
  if (text.startsWith("do ")) {
    const found = bodies.map((body) => IN_BODY.exec(body)?.[0]).find((word) => word !== undefined);
    if (found !== undefined) return [`runs ${found.toUpperCase()} in a DO block`];
  }
  return [];
}

/**
 * What in an `expand` step would break the older release that runs beside it: a drop, a rename, a changed type, a
 * constraint that its writes do not keep. Tables that the step itself creates are its own. One line for each; empty for a
 * `contract` step.
 */
export function expandProblems({ id, phase, sql }: Migration): readonly string[] {
  if (phase === "contract") return [];
  const statements = sqlStatements(sql);
  const own = new Set(statements.flatMap(({ text }) => CREATED_TABLE.exec(text)?.[1] ?? []));
  return statements.flatMap((statement) =>
    problemsOf(statement, own).map((problem) => {
      const shown = statement.text.length > 80 ? `${statement.text.slice(0, 77)}...` : statement.text;
      return `${id}: \`${shown}\` ${problem}. Fix: move it to a step of phase contract, in the release after the one that stopped using it`;
    }),
  );
}
