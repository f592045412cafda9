import { describe, expect, it } from "vitest";
import { withCorrelationId } from "../../../../../services/base/correlation.ts";
import { userRegistered } from "../../../../../services/base/events/catalogue/user.ts";
import { postCreated } from "../../../../../services/base/events/catalogue/social.ts";
import { OutboxPublisher } from "../../../../../services/base/events/outbox-publisher.ts";
import type { Transaction } from "../../../../../services/base/postgres/database.ts";
import { attachHooks, type LastStatement } from "../../../../../services/base/postgres/transaction-hooks.ts";

const producer = { service: "user", colour: "blue", version: "1" };
const registered = { aggregateId: "1000", data: { userId: 1000, username: "ada" } };

/** A transaction that notes its statements, and what was asked of its end. */
function transaction(): { tx: Transaction; statements: unknown[][]; commit: () => Promise<void> } {
  const statements: unknown[][] = [];
  const tx: Transaction = { query: (_sql, params = []) => { statements.push(params); return Promise.resolve([]); } };
  const last: (() => LastStatement)[] = [];
  const after: (() => void)[] = [];
  attachHooks(tx, { withCommit: (make) => void last.push(make), afterCommit: (work) => void after.push(work) });
  return {
    tx,
    statements,
    commit: async () => {
      for (const make of last) await tx.query(make().sql, make().params);
      for (const work of after) work();
    },
  };
}

function publisher(onCommitted = (): void => undefined): OutboxPublisher {
  return new OutboxPublisher({ domain: "user", producer, clock: { now: () => Date.UTC(2026, 0, 2) }, onCommitted });
}

describe("publishing (R-EVT-1)", () => {
  it("fills in the envelope", async () => {
    const { tx } = transaction();
    const envelope = await publisher().publish(tx, userRegistered, { ...registered, correlationId: "request-1" });
    expect(envelope).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string, type: "user.registered", version: 1, aggregateId: "1000",
      occurredAt: "2026-01-02T00:00:00.000Z", correlationId: "request-1", producer, data: registered.data,
    });
  });

  it("takes the correlation id of what is being handled when none is given", async () => {
    const { tx } = transaction();
    const envelope = await withCorrelationId("cause-1", () => publisher().publish(tx, userRegistered, registered));
    expect(envelope.correlationId).toBe("cause-1");
  });

  it("writes a single event, which most transactions have, as plain values", async () => {
    const { tx, statements, commit } = transaction();
    const envelope = await publisher().publish(tx, userRegistered, registered);
    await commit();
    expect(statements).toEqual([[envelope.id, "user.registered", "1000", JSON.stringify(envelope)]]);
  });

  it("writes all events of a transaction in one statement before its commit, and tells of it after", async () => {
    let told = 0;
    const outbox = publisher(() => void (told += 1));
    const { tx, statements, commit } = transaction();
    await outbox.publish(tx, userRegistered, registered);
    await outbox.publish(tx, userRegistered, { ...registered, aggregateId: "1001" });
    expect([statements.length, told]).toEqual([0, 0]);
    await commit();
    expect([statements.length, told]).toEqual([1, 1]);
    expect(statements[0]?.[2]).toEqual(["1000", "1001"]);
  });

  it("refuses data that breaks the schema, and events of another domain", async () => {
    const { tx } = transaction();
    await expect(publisher().publish(tx, userRegistered, { ...registered, data: { userId: 0, username: "ada" } })).rejects.toThrow(
      "data of user.registered v1: /userId must be >= 1",
    );
    await expect(
      publisher().publish(tx, postCreated, { aggregateId: "p", data: { postId: "p", userId: 1 } }),
    ).rejects.toThrow('social.post.created belongs to domain "social": "user" cannot publish it');
  });
});
