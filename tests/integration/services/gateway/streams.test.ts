import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { sendRaw, statusesOf } from "../../../support/raw-http.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;
const servers: Server[] = [];

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(async () => {
  await fixture.reset();
  for (const server of servers.splice(0)) server.closeAllConnections();
});
afterAll(() => fixture.close());

/** A service that echoes the frames of WebSockets, and what it saw. */
async function echoService(name: string): Promise<{ readonly seen: IncomingMessage[]; readonly bytes: () => Buffer; readonly sockets: Duplex[] }> {
  const seen: IncomingMessage[] = [];
  const sockets: Duplex[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  const server = createServer((_request, response) => void response.writeHead(426).end("upgrade!"));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    seen.push(request);
    sockets.push(socket);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (const text of clientTexts(chunk)) socket.write(Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const entry = { service: "social", instance: name, address: "127.0.0.1", port, colour: "blue", version: "v1", state: "up", weight: 100, startedAt: "", heartbeatAt: Date.now() };
  await fixture.redis.hset("astra:registry", name, JSON.stringify(entry));
  await fixture.redis.publish("astra:registry", name);
  return { seen, sockets, bytes: () => bytes };
}

/** Texts of short masked text frames. */
function clientTexts(chunk: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 6 <= chunk.length; ) {
    const length = (chunk[at + 1] ?? 0) & 0x7f;
    const mask = chunk.subarray(at + 2, at + 6);
    if (chunk[at] === 0x81) texts.push(Buffer.from(chunk.subarray(at + 6, at + 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString());
    at += 6 + length;
  }
  return texts;
}

async function open(gateway: RunningService): Promise<{ readonly socket: WebSocket; readonly messages: string[]; readonly closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/api/v1/social/live?room=1`);
  const messages: string[] = [];
  socket.addEventListener("message", (event) => messages.push(String(event.data)));
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", (event) => resolve(event.code)));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("did not open")));
  });
  return { socket, messages, closed };
}

const UPGRADE = "GET /api/v1/social/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

describe("a WebSocket through the gateway (R-GW-1)", () => {
  it("reaches an instance with its path and correlation id, and carries messages both ways", async () => {
    const gateway = await fixture.gateway();
    const service = await echoService("social-1");
    await fixture.knows(gateway, "social", 1);
    const { socket, messages, closed } = await open(gateway);
    socket.send("hello");
    socket.send("again");
    await waitFor("the echo", () => Promise.resolve(messages.length === 2 || undefined));
    expect(messages).toEqual(["hello", "again"]);
    expect(service.seen[0]?.url).toBe("/api/v1/social/live?room=1");
    expect(service.seen[0]?.headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
    for (const one of service.sockets) one.end(Buffer.from([0x88, 0x02, 0x03, 0xe8]));
    expect(await closed).toBe(1000);
  });

  it("ends with 1001 on both sides when the gateway stops, which does not wait for it", async () => {
    const gateway = await fixture.gateway();
    const service = await echoService("social-1");
    await fixture.knows(gateway, "social", 1);
    const { closed } = await open(gateway);
    const stopping = gateway.stop();
    expect(await closed).toBe(1001);
    await stopping;
    expect(service.bytes().subarray(-8)).toEqual(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]));
  });

  it("goes to another instance where the first one refuses", async () => {
    const gateway = await fixture.gateway();
    const dead = await fixture.upstream("social", "social-0");
    await echoService("social-1");
    await fixture.knows(gateway, "social", 2);
    await dead.kill();
    for (let count = 0; count < 2; count += 1) (await open(gateway)).socket.close();
  });

  it("counts against the limits, and is refused with the one error shape", async () => {
    const gateway = await fixture.gateway({ limits: { perUser: 1, perService: 1000 } });
    await echoService("social-1");
    await fixture.knows(gateway, "social", 1);
    await ask(gateway, "/health", { headers: { "x-user-id": "7" } });
    const { text, closed } = await sendRaw(gateway.port, `${UPGRADE}X-User-ID: 7\r\n\r\n`);
    expect(closed).toBe(true);
    expect(statusesOf(text)).toEqual([429]);
    expect(text).toContain('"code":"rate-limited"');
    expect(text).toMatch(/retry-after: \d+/);
  });

  it("to a service that is not there is a problem", async () => {
    const gateway = await fixture.gateway();
    const { text } = await sendRaw(gateway.port, `${UPGRADE}\r\n`);
    expect(statusesOf(text)).toEqual([503]);
    expect(text).toContain('"code":"service-unavailable"');
  });

  it("to a service that wants none is answered as the service answers", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("social", "social-1", (_request, response) => void response.writeHead(426, { "x-why": "no" }).end("plain"));
    await fixture.knows(gateway, "social", 1);
    const { text } = await sendRaw(gateway.port, `${UPGRADE}\r\n`);
    expect(statusesOf(text)).toEqual([426]);
    expect(text).toContain("x-why: no");
  });

  it("is the only upgrade: another one is a request like others", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("social", "social-1");
    await fixture.knows(gateway, "social", 1);
    const { text } = await sendRaw(gateway.port, "GET /api/v1/social/feed HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", (all) => all.includes('"social-1"'));
    expect(statusesOf(text)).toEqual([200]);
    expect(text).not.toContain("http2-settings");
  });
});

describe("a stream of events through the gateway (R-GW-1)", () => {
  it("arrives event by event, and ends in an orderly way when the gateway stops", async () => {
    const gateway = await fixture.gateway();
    const sent: (() => void)[] = [];
    await fixture.upstream("social", "social-1", (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      sent.push(() => response.write("data: one\n\n"));
    });
    await fixture.knows(gateway, "social", 1);
    const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/social/events`, { headers: { accept: "text/event-stream" } });
    // The head is here although nothing has happened yet.
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    for (const send of sent) send();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: one\n\n");
    const stopping = gateway.stop();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    await stopping;
  });

  it("may be silent for longer than another answer may pause", async () => {
    const gateway = await fixture.gateway({}, { bodyPauseMs: 300 });
    await fixture.upstream("social", "social-1", (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      setTimeout(() => response.end("data: late\n\n"), 2_500);
    });
    await fixture.knows(gateway, "social", 1);
    const path = `http://127.0.0.1:${gateway.port}/api/v1/social/events`;
    const patient = fetch(path, { headers: { accept: "text/event-stream" } }).then((response) => response.text());
    const other = fetch(path).then((response) => response.text());
    await expect(other).rejects.toThrow();
    expect(await patient).toBe("data: late\n\n");
  });
});

describe("a slow client (R-GW-1)", () => {
  it("is cut off when its headers do not come in time", async () => {
    const gateway = await fixture.gateway();
    const { text, closed } = await sendRaw(gateway.port, "GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ", undefined, 20_000);
    expect(closed).toBe(true);
    expect(statusesOf(text)).toEqual([408]);
    expect(text).toContain('"code":"request-timeout"');
  });

  it("is refused when its headers are too large", async () => {
    const gateway = await fixture.gateway();
    const { text, closed } = await sendRaw(gateway.port, `GET /health HTTP/1.1\r\nHost: a\r\nX-Large: ${"x".repeat(17_000)}\r\n\r\n`);
    expect(closed).toBe(true);
    expect(statusesOf(text)).toEqual([431]);
    expect(text).toContain('"code":"headers-too-large"');
  });

  it("is cut off when it does not read its answer, and the service's connection is freed", async () => {
    const gateway = await fixture.gateway({}, { bodyPauseMs: 500 });
    let gone = false;
    await fixture.upstream("social", "social-1", (_request, response) => {
      response.on("close", () => (gone = true));
      response.writeHead(200);
      const more = (): void => {
        while (!gone && response.write(Buffer.alloc(65_536))) void 0;
      };
      response.on("drain", more);
      more();
    });
    await fixture.knows(gateway, "social", 1);
    const socket = connect(gateway.port, "127.0.0.1", () => socket.write("GET /api/v1/social/all HTTP/1.1\r\nHost: a\r\n\r\n"));
    socket.on("error", () => undefined);
    socket.pause();
    await waitFor("the end at the service", () => Promise.resolve(gone || undefined));
    socket.destroy();
  });
});
