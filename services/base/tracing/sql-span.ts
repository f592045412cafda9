import { SpanKind, type SpanOptions } from "@opentelemetry/api";
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from "@opentelemetry/semantic-conventions";
import type { PostgresSettings } from "../config.ts";
import { currentWork } from "../correlation.ts";
import { CORRELATION_ATTRIBUTE } from "./attributes.ts";
import { ended, type Recording, startChild, within } from "./trace.ts";

type Place = Readonly<Record<string, string | number>>;

/** Statements are constants of the code, so there are few; the bound is for those that are put together. */
const MOST_STATEMENTS = 500;
const LONGEST_TEXT = 2_000;
const SQLSTATE = /^[0-9A-Z]{5}$/;

interface Statement {
  readonly operation: string;
  readonly summary: string;
  readonly text: string;
}

const statements = new Map<string, Statement>();

/** What a statement does to which table, for a span's name: `INSERT outbox`. */
export function describeStatement(sql: string): Statement {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const text = sql.replace(/\s+/g, " ").trim();
  const operation = operationOf(text);
  const table = TABLE.exec(text)?.[1];
  const described = { operation, summary: table === undefined ? operation : `${operation} ${table}`, text: text.slice(0, LONGEST_TEXT) };
  if (statements.size < MOST_STATEMENTS) statements.set(sql, described);
  return described;
}

/** The first table that is written or read; a function after FROM is none. */
const TABLE = /\b(?:INTO|UPDATE|JOIN|FROM(?!\s+[a-z_][a-z0-9_]*\s*\())\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_]*)/i;

/** Of a statement that begins with common tables what changes something. */
function operationOf(text: string): string {
  const first = (/^[A-Za-z]+/.exec(text)?.[0] ?? "SQL").toUpperCase();
  if (first !== "WITH") return first;
  return (/\b(?:INSERT|UPDATE|DELETE|MERGE)\b/i.exec(text)?.[0] ?? "SELECT").toUpperCase();
}

/** Makes the spans of one database. */
export class SqlSpans {
  readonly #place: Place;

  constructor(settings: Pick<PostgresSettings, "host" | "port" | "database" | "schema">) {
    this.#place = {
      [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL,
      [ATTR_DB_NAMESPACE]: `${settings.database}|${settings.schema}`,
      [ATTR_SERVER_ADDRESS]: settings.host,
      [ATTR_SERVER_PORT]: settings.port,
    };
  }

  /** A span around one statement, the wait for a connection included; values of parameters are not in it. */
  statement<T>(sql: string, work: () => Promise<T>): Promise<T> {
    if (currentWork()?.trace?.recording === undefined) return work();
    const { operation, summary, text } = describeStatement(sql);
    const recording = this.#start(summary, {
      kind: SpanKind.CLIENT,
      attributes: { [ATTR_DB_OPERATION_NAME]: operation, [ATTR_DB_QUERY_SUMMARY]: summary, [ATTR_DB_QUERY_TEXT]: text },
    });
    return recording === undefined ? work() : ended(recording, () => noted(recording, work));
  }

  /** A span around a transaction; the spans of its statements hang below it. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    if (currentWork()?.trace?.recording === undefined) return work();
    const recording = this.#start("transaction", { kind: SpanKind.INTERNAL });
    return recording === undefined ? work() : ended(recording, () => within(recording, () => noted(recording, work)));
  }

  #start(name: string, options: SpanOptions): Recording | undefined {
    const correlationId = currentWork()?.correlationId;
    const attributes = { ...this.#place, ...options.attributes, [CORRELATION_ATTRIBUTE]: correlationId };
    return startChild(name, { ...options, attributes });
  }
}

/** Adds the server's own code of an error. */
async function noted<T>({ span }: Recording, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (typeof code === "string" && SQLSTATE.test(code)) span.setAttribute(ATTR_DB_RESPONSE_STATUS_CODE, code);
    throw error;
  }
}
