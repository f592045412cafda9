import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "./wait-for.ts";

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for a root. */
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** By OTLP's numbers. */
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly failed: boolean;
  readonly attributes: Attributes;
  /** Of the process. */
  readonly resource: Attributes;
}

/** `refuse`: answers 503. `hang`: takes everything and never answers. `trickle`: answers, and never ends. */
export type ReceiverMood = "fine" | "refuse" | "hang" | "trickle";

/** A receiver of OTLP over HTTP in its JSON encoding. */
export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Requests that have come in, answered or not. */
  readonly requests: number;
  mood: ReceiverMood;
  /** Spans of a trace, once these (by service and name) have all come. */
  trace(traceId: string, expected: readonly (readonly [service: string, name: string])[]): Promise<readonly ReceivedSpan[]>;
  close(): Promise<void>;
}

const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;
const STATUS_ERROR = 2;

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

interface WireAttribute {
  readonly key: string;
  readonly value: WireValue;
}

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly WireAttribute[];
}

interface WireRequest {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

function attributesOf(list: readonly WireAttribute[]): Attributes {
  return Object.fromEntries(
    list.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue)]),
  );
}

function spansOf(request: WireRequest): readonly ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ kind, status, attributes, ...span }) => ({
        ...span,
        kind: KINDS[kind] ?? "internal",
        failed: status?.code === STATUS_ERROR,
        attributes: attributesOf(attributes),
        resource: attributesOf(resource.attributes),
      })),
    ),
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Starts a receiver on a free port of this machine. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  let requests = 0;
  let mood: ReceiverMood = "fine";
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    requests += 1;
    if (mood === "hang") return;
    if (mood === "refuse") {
      response.writeHead(503).end();
      return;
    }
    if (mood === "trickle") {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 100);
      response.on("close", () => clearInterval(timer));
      return;
    }
    if (request.url !== "/v1/traces" || request.headers["content-type"] !== "application/json") {
      response.writeHead(400).end();
      return;
    }
    spans.push(...spansOf(JSON.parse(body) as WireRequest));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get requests() {
      return requests;
    },
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
    },
    trace: (traceId, expected) =>
      waitFor(`trace ${traceId} with ${expected.map((each) => each.join(" ")).join(", ")}`, () => {
        const its = spans.filter((span) => span.traceId === traceId);
        const isThere = ([service, name]: readonly [string, string]): boolean =>
          its.some((span) => span.resource["service.name"] === service && span.name === name);
        return Promise.resolve(expected.every(isThere) ? its : undefined);
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
