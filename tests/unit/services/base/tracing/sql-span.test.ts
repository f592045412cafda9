import { describe, expect, it } from "vitest";
import { withWork } from "../../../../../services/base/correlation.ts";
import { describeStatement, SqlSpans } from "../../../../../services/base/tracing/sql-span.ts";
import { createTracing } from "../../../../../services/base/tracing/tracing.ts";
import { keepingRecorder } from "./recorded.ts";

const spans = new SqlSpans({ host: "postgres", port: 5432, database: "astradb", schema: "trading" });

describe("R-GW-6 the name of a statement's span", () => {
  it.each([
    ["SELECT * FROM accounts WHERE id = $1", "SELECT accounts"],
    ["  insert into outbox (event_id)\n SELECT id FROM unnest($1::uuid[]) AS e", "INSERT outbox"],
    ["UPDATE \"positions\" SET x = 1", "UPDATE positions"],
    ["DELETE FROM inbox WHERE true", "DELETE inbox"],
    ["SELECT id FROM unnest($1::uuid[]) AS id", "SELECT"],
    ["WITH p AS (INSERT INTO positions (id) VALUES ($1) RETURNING id) SELECT * FROM p", "INSERT positions"],
    ["WITH t AS (SELECT 1) SELECT * FROM t", "SELECT t"],
    ["COMMIT", "COMMIT"],
    ["", "SQL"],
  ])("of %j is %s", (sql, summary) => {
    expect(describeStatement(sql).summary).toBe(summary);
  });
});

describe("spans of statements", () => {
  it("hang below their transaction, and say what failed by its SQLSTATE", async () => {
    const recorder = keepingRecorder();
    const trace = createTracing(recorder).incoming({}, () => "POST /x");
    const failing = withWork({ correlationId: "corr-0001", trace }, () =>
      spans.transaction(() => spans.statement("INSERT INTO trades VALUES ($1)", () => Promise.reject(Object.assign(new Error("twice"), { code: "23505" })))),
    );
    await expect(failing).rejects.toThrow("twice");
    const [statement, transaction] = recorder.kept.getFinishedSpans();
    expect(statement?.parentSpanContext?.spanId).toBe(transaction?.spanContext().spanId);
    expect(transaction?.parentSpanContext?.spanId).toBe(trace.recording?.span.spanContext().spanId);
    expect(statement?.attributes).toEqual({
      "db.system.name": "postgresql",
      "db.namespace": "astradb|trading",
      "server.address": "postgres",
      "server.port": 5432,
      "db.operation.name": "INSERT",
      "db.query.summary": "INSERT trades",
      "db.query.text": "INSERT INTO trades VALUES ($1)",
      "db.response.status_code": "23505",
      "error.type": "23505",
      "astratrade.correlation_id": "corr-0001",
    });
  });

  it("are none outside of a trace that is recorded", async () => {
    const recorder = keepingRecorder({ recording: () => false });
    const trace = createTracing(recorder).incoming({}, () => "POST /x");
    expect(await spans.statement("SELECT 1", () => Promise.resolve(1))).toBe(1);
    expect(await withWork({ correlationId: "corr-0001", trace }, () => spans.statement("SELECT 1", () => Promise.resolve(2)))).toBe(2);
    expect(recorder.kept.getFinishedSpans()).toEqual([]);
  });
});
