import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { catalogue, eventDomains } from "../../../../../services/base/events/catalogue/catalogue.ts";
import { on, type Handler } from "../../../../../services/base/events/consumer-group.ts";
import { defineEvent } from "../../../../../services/base/events/define.ts";
import type { EventEnvelope } from "../../../../../services/base/events/envelope.ts";
import { EventSchemaError, parseEnvelope } from "../../../../../services/base/events/schema-check.ts";
import { Subscription } from "../../../../../services/base/events/subscription.ts";

const data = Type.Object({ n: Type.Integer() });
const opened = defineEvent({ type: "shop.door.opened", version: 1, data });
const openedWider = defineEvent({ type: "shop.door.opened", version: 2, data });
const shut = defineEvent({ type: "shop.door.shut", version: 1, data });
const paid = defineEvent({ type: "bank.bill.paid", version: 1, data });
const known = [opened, shut, paid];

const nothing = (): Promise<void> => Promise.resolve();

function event(over: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    id: "0190aaaa-0000-7000-8000-000000000001", type: opened.type, version: 1, aggregateId: "a", occurredAt: "2026-01-01T00:00:00.000Z",
    correlationId: "correlation", producer: { service: "shop", colour: "blue", version: "1" }, data: { n: 1 }, ...over,
  };
}

describe("what a group subscribes to (R-EVT-1)", () => {
  it("reads each stream of its handlers once, and all streams for the pattern *", () => {
    const streams = (...handlers: Handler[]): readonly string[] => new Subscription({ name: "g", handlers }, known).streams;
    expect(streams(on(opened, nothing), on(shut, nothing))).toEqual(["events:shop"]);
    expect(streams(on("bank.*", nothing), on(opened, nothing))).toEqual(["events:bank", "events:shop"]);
    expect(streams(on("*", nothing))).toEqual(["events:shop", "events:bank"]);
  });

  it("runs every handler that matches, in order, and none for other events", () => {
    const handlers = [on(opened, nothing), on("shop.*", nothing), on("*", nothing), on(paid, nothing)];
    const subscription = new Subscription({ name: "g", handlers }, known);
    expect(subscription.handlersOf(event())).toEqual(handlers.slice(0, 3));
    const narrow = new Subscription({ name: "g", handlers: [on(paid, nothing)] }, known);
    expect(narrow.handlersOf(event())).toEqual([]);
  });

  it("ignores types that the catalogue does not know, whatever the pattern", () => {
    const subscription = new Subscription({ name: "g", handlers: [on("*", nothing), on("shop.*", nothing)] }, known);
    expect(subscription.handlersOf(event({ type: "shop.window.cleaned" }))).toEqual([]);
  });

  it("refuses data that breaks the schema, naming the field, and allows fields it does not know", () => {
    const subscription = new Subscription({ name: "g", handlers: [on(opened, nothing)] }, known);
    expect(() => subscription.handlersOf(event({ data: { n: "one" } }))).toThrow(
      new EventSchemaError("data of shop.door.opened v1: /n must be integer"),
    );
    expect(subscription.handlersOf(event({ data: { n: 1, colour: "red" } }))).toHaveLength(1);
  });

  it("refuses a version that it does not know, and gives each version to its own handler", () => {
    const one = new Subscription({ name: "g", handlers: [on(opened, nothing)] }, known);
    expect(() => one.handlersOf(event({ version: 2 }))).toThrow("shop.door.opened v2 is a version that this release does not know");
    const both = [on(opened, nothing), on(openedWider, nothing)];
    expect(new Subscription({ name: "g", handlers: both }, known).handlersOf(event({ version: 2 }))).toEqual([both[1]]);
  });
});

describe("an envelope (R-EVT-1)", () => {
  it("is read when whole, with fields of newer producers", () => {
    expect(parseEnvelope(JSON.stringify({ ...event(), future: 1 }))).toMatchObject({ type: opened.type });
  });

  it.each([
    ["no JSON", "{", "the entry is no JSON"],
    ["an id that is no UUID", JSON.stringify({ ...event(), id: "1" }), "/id"],
    ["no correlation id", JSON.stringify({ ...event(), correlationId: undefined }), "correlationId"],
    ["a time without milliseconds", JSON.stringify({ ...event(), occurredAt: "2026-01-01T00:00:00Z" }), "/occurredAt"],
  ])("is refused with %s", (_what, text, message) => {
    expect(() => parseEnvelope(text)).toThrow(EventSchemaError);
    expect(() => parseEnvelope(text)).toThrow(message);
  });
});

describe("the catalogue", () => {
  it("has each type and version once, in six domains", () => {
    const names = catalogue.map(({ type, version }) => `${type} v${version}`);
    expect(new Set(names).size).toBe(names.length);
    expect([...eventDomains].sort()).toEqual(["financial", "gamification", "nft", "social", "trading", "user"]);
  });

  it("takes well-formed types and versions only", () => {
    expect(() => defineEvent({ type: "Shop.Opened", version: 1, data })).toThrow('event type "Shop.Opened"');
    expect(() => defineEvent({ type: "shop.opened", version: 0, data })).toThrow("integer >= 1 (got 0)");
  });
});
