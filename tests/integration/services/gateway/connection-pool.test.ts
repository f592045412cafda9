import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { AnswerHead } from "../../../../services/gateway/upstream/answer-head.ts";
import type { AnswerControl, Asking } from "../../../../services/gateway/upstream/connection.ts";
import { ConnectionPool } from "../../../../services/gateway/upstream/connection-pool.ts";
import { freePort } from "../../../support/docker.ts";
import { waitFor } from "../../../support/wait-for.ts";

/** A request, and all that was heard of it. */
class Heard implements Asking {
  readonly isHead = false;
  readonly head: string;
  control: AnswerControl | undefined;
  answer: AnswerHead | undefined;
  body = "";
  error: Error | undefined;
  isOver = false;

  constructor(path: string) {
    this.head = `GET ${path} HTTP/1.1\r\n`;
  }

  sent(control: AnswerControl): void {
    this.control = control;
  }
  started(head: AnswerHead): void {
    this.answer = head;
  }
  data(chunk: Buffer): void {
    this.body += chunk.toString("latin1");
  }
  whole(text: string): void {
    this.body += text;
  }
  ended(): void {
    this.isOver = true;
  }
  failed(error: Error): void {
    this.error = error;
    this.isOver = true;
  }

  end(): Promise<this> {
    return waitFor(`the end of ${this.head}`, () => Promise.resolve(this.isOver ? this : undefined));
  }
}

type Talk = (path: string, socket: Socket) => void;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A service that answers by bytes, and a pool to it. */
async function setUp(talk: Talk, connections = 4): Promise<{ pool: ConnectionPool; ask: (path: string) => Heard; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        talk(head.split(" ")[1] ?? "", socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pool = new ConnectionPool({ address: "127.0.0.1", port: (server.address() as AddressInfo).port, connectMs: 2_000, connections, maxIdleMs: 30_000 });
  stops.push(() => {
    pool.destroy();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const ask = (path: string): Heard => {
    const heard = new Heard(path);
    pool.ask(heard);
    return heard;
  };
  return { pool, ask, sockets };
}

const good = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Writes a text byte by byte, each as a packet of its own. */
function drip(socket: Socket, text: string): void {
  const [first, rest] = [text.slice(0, 1), text.slice(1)];
  socket.write(first, "latin1", () => (rest === "" ? undefined : setImmediate(() => drip(socket, rest))));
}

describe("connections to an instance (R-GW-1)", () => {
  it("are used again, one request at a time", async () => {
    const { ask, sockets, pool } = await setUp((path, socket) => socket.write(good(path)));
    for (const path of ["/1", "/2", "/3"]) expect((await ask(path).end()).body).toBe(path);
    expect([sockets.length, pool.size]).toEqual([1, 1]);
    const together = ["/4", "/5", "/6"].map(ask);
    expect((await Promise.all(together.map((each) => each.end()))).map((each) => each.body)).toEqual(["/4", "/5", "/6"]);
    expect(sockets.length).toBe(3);
  });

  it("are no more than they may be: further requests wait for their turn", async () => {
    const { ask, sockets } = await setUp((path, socket) => setImmediate(() => socket.write(good(path))), 2);
    const all = Array.from({ length: 9 }, (_, index) => ask(`/${index}`));
    expect((await Promise.all(all.map((each) => each.end()))).map((each) => each.body)).toEqual(all.map((_, index) => `/${index}`));
    expect(sockets.length).toBe(2);
  });

  it.each([
    ["with a length", good("hello"), "hello"],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"],
    ["behind an early hint", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${good("hello")}`, "hello"],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", ""],
  ])("give an answer %s, at once and byte by byte", async (_what, text, body) => {
    const { ask, sockets } = await setUp((path, socket) => (path === "/slow" ? drip(socket, text) : void socket.write(text, "latin1")));
    expect(await ask("/fast").end()).toMatchObject({ body, error: undefined });
    expect(await ask("/slow").end()).toMatchObject({ body, error: undefined });
    expect(await ask("/fast").end()).toMatchObject({ body, error: undefined });
    expect(sockets.length).toBe(1);
  });

  it("give an answer that ends with its connection", async () => {
    const { ask } = await setUp((_path, socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nhello"));
    expect(await ask("/").end()).toMatchObject({ body: "hello", error: undefined });
  });

  it("are not used again where the service says so, or says more than it was asked", async () => {
    const { ask, sockets } = await setUp((path, socket) => socket.write(path === "/close" ? good("a").replace("\r\n", "\r\nConnection: close\r\n") : `${good("a")}HTTP/1.1 200 OK\r\n`));
    for (const path of ["/close", "/more", "/close"]) expect(await ask(path).end()).toMatchObject({ body: "a", error: undefined });
    expect(sockets.length).toBe(3);
  });

  it("that the service closed while they were idle cost no request", async () => {
    const { ask, sockets, pool } = await setUp((_path, socket) => socket.write(good("a")));
    await ask("/").end();
    sockets[0]?.end();
    await waitFor("the end of the idle connection", () => Promise.resolve(pool.size === 0 ? true : undefined));
    expect(await ask("/").end()).toMatchObject({ body: "a" });
    expect(sockets.length).toBe(2);
  });

  it("that are idle for too long are closed", async () => {
    const { ask, pool } = await setUp((_path, socket) => socket.write(good("a").replace("\r\n", "\r\nKeep-Alive: timeout=3\r\n")));
    await ask("/").end();
    await waitFor("the end of the idle connection", () => {
      pool.sweep();
      return Promise.resolve(pool.size === 0 ? true : undefined);
    });
  });
});

describe("a service that breaks off", () => {
  it.each([
    ["before its answer", ""],
    ["in its head", "HTTP/1.1 200 O"],
    ["in a body with a length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"],
    ["in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhal"],
  ])("%s fails the request and nothing else", async (_what, text) => {
    const { ask } = await setUp((path, socket) => (path === "/bad" ? void socket.end(text) : void socket.write(good("fine"))));
    const bad = ask("/bad");
    const fine = ask("/fine");
    expect((await bad.end()).error).toBeInstanceOf(Error);
    expect(await fine.end()).toMatchObject({ body: "fine", error: undefined });
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"],
    ["a head without an end", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(20_000)}`],
    ["chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n"],
  ])("by saying %s fails the request and loses its connection", async (_what, text) => {
    const { ask, pool } = await setUp((_path, socket) => void socket.write(text));
    expect((await ask("/").end()).error?.name).toBe("MalformedAnswerError");
    await waitFor("the end of the connection", () => Promise.resolve(pool.size === 0 ? true : undefined));
  });

  it("by not listening fails each request that waits, with the code that says so", async () => {
    const port = await freePort();
    const pool = new ConnectionPool({ address: "127.0.0.1", port, connectMs: 2_000, connections: 2, maxIdleMs: 30_000 });
    const all = ["/1", "/2", "/3"].map((path) => new Heard(path));
    for (const each of all) pool.ask(each);
    for (const each of all) expect((await each.end()).error).toMatchObject({ code: "ECONNREFUSED" });
    expect(all.every((each) => each.control === undefined)).toBe(true);
  });
});

describe("a request that is given up", () => {
  it("before it was sent never is", async () => {
    const paths: string[] = [];
    const { ask, pool } = await setUp((path, socket) => {
      paths.push(path);
      setImmediate(() => socket.write(good("a")));
    }, 1);
    const [first, second, third] = ["/1", "/2", "/3"].map(ask) as [Heard, Heard, Heard];
    expect(pool.takeBack(second)).toBe(true);
    await Promise.all([first.end(), third.end()]);
    expect([pool.takeBack(first), paths]).toEqual([false, ["/1", "/3"]]);
    expect(second.isOver).toBe(false);
  });

  it("while the service works takes its connection with it, and others get a new one", async () => {
    const { ask, sockets } = await setUp((path, socket) => (path === "/hang" ? undefined : void socket.write(good("a"))), 1);
    const hanging = ask("/hang");
    await waitFor("the request at the service", () => Promise.resolve(sockets.length === 1 && hanging.control !== undefined ? true : undefined));
    const next = ask("/next");
    hanging.control?.abort(new Error("enough"));
    expect(await next.end()).toMatchObject({ body: "a", error: undefined });
    expect(hanging.isOver).toBe(false);
  });

  it("by the end of the pool hears of it", async () => {
    const { ask, pool } = await setUp(() => undefined, 1);
    const both = [ask("/1"), ask("/2")];
    pool.destroy();
    for (const each of both) expect((await each.end()).error).toBeInstanceOf(Error);
  });
});

describe("a reader that is slower than the service", () => {
  it("stops it, and misses nothing", async () => {
    const body = "0123456789".repeat(400_000);
    const { ask } = await setUp((_path, socket) => void socket.write(good(body)));
    const heard = ask("/");
    let pauses = 0;
    const data = heard.data.bind(heard);
    heard.data = (chunk) => {
      data(chunk);
      pauses += 1;
      heard.control?.pause();
      setImmediate(() => heard.control?.resume());
    };
    expect((await heard.end()).body === body).toBe(true);
    expect(pauses).toBeGreaterThan(1);
  });
});
