import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { gamification as gamificationService } from "../../../../services/gamification/service.ts";
import { gatewayService } from "../../../../services/gateway/service.ts";
import { tradingService } from "../../../../services/trading/service.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "../../../support/otlp-receiver.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { FixedFeed } from "../trading/fixed-feed.ts";
import { PlatformFixture } from "./tracing-fixture.ts";

const CORRELATION_ID = "trace-test-0001";
const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

let platform: PlatformFixture;
let receiver: OtlpReceiver;
let gateway: RunningService;

beforeAll(async () => {
  [platform, receiver] = await Promise.all([PlatformFixture.create(), startOtlpReceiver()]);
  const tracing = { otlpEndpoint: receiver.endpoint, sampleRatio: 1 };
  const trading = await platform.start(tradingService({ feed: new FixedFeed() }), { tracing });
  const gamification = await platform.start(gamificationService, { tracing });
  gateway = await platform.start(gatewayService(), { tracing });
  for (const service of [gateway, trading, gamification]) await platform.exports(service);
  await waitFor("trading in the gateway's table", () => Promise.resolve(gateway.context.registry.takers("trading").blue[0]));
});

afterAll(async () => {
  await platform.close();
  await receiver.close();
});

async function trade(headers: Record<string, string>): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateway.port}/api/v1/trading/execute`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ user_id: 123, asset_symbol: "BTC/USD", direction: "LONG", amount: 100 }),
  });
}

const serviceOf = (span: ReceivedSpan): string => String(span.resource["service.name"]);

/** A span and everything above it, by service and name. */
function pathTo(span: ReceivedSpan, all: readonly ReceivedSpan[]): string[] {
  const parent = all.find((each) => each.spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : pathTo(parent, all)), `${serviceOf(span)}: ${span.name}`];
}

function find(all: readonly ReceivedSpan[], service: string, name: string, by: Record<string, string> = {}): ReceivedSpan {
  const found = all.find(
    (span) => serviceOf(span) === service && span.name === name && Object.entries(by).every(([key, value]) => span.attributes[key] === value),
  );
  if (found === undefined) throw new Error(`no ${service}: ${name} among\n${all.map((span) => `${serviceOf(span)}: ${span.name}`).join("\n")}`);
  return found;
}

const WHOLE: readonly (readonly [string, string])[] = [
  ["gateway", "POST /api/v1/trading/*"],
  ["trading", "COMMIT"],
  ["trading", "send events:trading"],
  ["gamification", "process events:trading"],
];

describe("R-GW-6 a trade's trace at a real OTLP receiver", () => {
  it("is one, from the caller through gateway, trading, its SQL, outbox and relay to gamification's consumer and its SQL", async () => {
    const answer = await trade({ "x-correlation-id": CORRELATION_ID, traceparent: `00-${CALLER.traceId}-${CALLER.spanId}-01`, tracestate: "shop=abc" });
    expect([answer.status, answer.headers.get("x-correlation-id")]).toEqual([201, CORRELATION_ID]);
    const spans = await receiver.trace(CALLER.traceId, WHOLE);
    const consumed = find(spans, "gamification", "process events:trading", { "messaging.consumer.group.name": "gamification.trade-xp" });
    const sql = await waitFor("SQL below the consumer", () =>
      Promise.resolve(receiver.spans.find((span) => span.name === "INSERT inbox" && pathTo(span, receiver.spans).includes(`gamification: ${consumed.name}`))),
    );
    expect(pathTo(sql, receiver.spans)).toEqual([
      "gateway: POST /api/v1/trading/*",
      "gateway: POST trading",
      "trading: POST /api/v1/trading/execute",
      "trading: transaction",
      "trading: create events:trading",
      "gamification: process events:trading",
      "gamification: transaction",
      "gamification: INSERT inbox",
    ]);
    expect(pathTo(find(spans, "trading", "send events:trading"), spans).slice(-2)).toEqual(["trading: create events:trading", "trading: send events:trading"]);
    const root = find(spans, "gateway", "POST /api/v1/trading/*");
    expect([root.parentSpanId, root.traceState]).toEqual([CALLER.spanId, "shop=abc"]);
    expect([root, find(spans, "gateway", "POST trading"), find(spans, "trading", "POST /api/v1/trading/execute"), consumed].map((span) => span.kind)).toEqual([
      "server", "client", "server", "consumer",
    ]);
  });

  it("says by semantic conventions what each part did, with the correlation id, and by its resource who did it", async () => {
    const spans = await receiver.trace(CALLER.traceId, WHOLE);
    expect(spans.filter((span) => span.attributes["astratrade.correlation_id"] !== CORRELATION_ID)).toEqual([]);
    expect(find(spans, "trading", "POST /api/v1/trading/execute").attributes).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/api/v1/trading/execute",
      "http.response.status_code": 201,
      "url.path": "/api/v1/trading/execute",
    });
    expect(find(spans, "trading", "INSERT outbox").attributes).toMatchObject({
      "db.system.name": "postgresql",
      "db.namespace": `${platform.database.database}|trading`,
      "db.operation.name": "INSERT",
    });
    expect(find(spans, "trading", "create events:trading").attributes).toMatchObject({
      "messaging.system": "redis",
      "messaging.destination.name": "events:trading",
      "messaging.operation.type": "create",
      "astratrade.event.type": "trading.trade.executed",
    });
    expect(find(spans, "gateway", "POST trading").resource).toMatchObject({
      "service.namespace": "astratrade",
      "service.version": "v1",
      "service.instance.id": "gateway-1",
      "deployment.environment.name": "test",
      "astratrade.colour": "blue",
    });
  });

  it("shows an order's wait for its batch, which the first order of somebody without an account has not", async () => {
    const traceId = CALLER.traceId.replace(/^.{4}/, "beef");
    expect((await trade({ traceparent: `00-${traceId}-${CALLER.spanId}-01` })).status).toBe(201);
    const spans = await receiver.trace(traceId, [...WHOLE, ["trading", "order batch"]]);
    const batch = ["trading: POST /api/v1/trading/execute", "trading: order batch"];
    expect(pathTo(find(spans, "trading", "create events:trading"), spans).slice(-3)).toEqual([...batch, "trading: create events:trading"]);
    // A transaction of one order belongs to that order.
    expect(pathTo(find(spans, "trading", "COMMIT"), spans).slice(-4)).toEqual([...batch, "trading: transaction", "trading: COMMIT"]);
  });

  it("begins at the gateway where the caller says nothing, and there is none where the caller says no", async () => {
    const before = receiver.spans.length;
    expect((await trade({ traceparent: "00-11111111111111111111111111111111-2222222222222222-00" })).status).toBe(201);
    expect((await trade({ "x-correlation-id": "no-trace-given", traceparent: "rubbish" })).status).toBe(201);
    const root = await waitFor("a trace of our own", () =>
      Promise.resolve(receiver.spans.slice(before).find((span) => span.kind === "server" && span.attributes["astratrade.correlation_id"] === "no-trace-given" && serviceOf(span) === "gateway")),
    );
    expect(root.parentSpanId ?? "").toBe("");
    await receiver.trace(root.traceId, WHOLE);
    expect(receiver.spans.filter((span) => span.traceId.startsWith("1111"))).toEqual([]);
  });

  it("shows a refusal as the caller's affair and not as a failure of the service", async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/trading/execute`, { method: "POST", headers: { "content-type": "application/json", "x-correlation-id": "refused-0001" }, body: "{}" });
    expect(answer.status).toBe(400);
    const span = await waitFor("the refused request", () =>
      Promise.resolve(receiver.spans.find((each) => each.name === "POST /api/v1/trading/execute" && each.attributes["astratrade.correlation_id"] === "refused-0001")),
    );
    expect([span.failed, span.attributes["http.response.status_code"]]).toEqual([false, 400]);
  });
});
