import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenToChannels } from "../../../../../services/base/redis/channels.ts";
import { closeRedis, createRedis } from "../../../../../services/base/redis/connection.ts";
import { waitFor } from "../../../../support/wait-for.ts";

/** A Redis that lets everybody in, and answers to SUBSCRIBE only on its first connection. */
let server: Server;
const sockets: Socket[] = [];
let subscriptions: number[] = [];

function answer(socket: Socket, connection: number, command: string): void {
  if (command === "subscribe") {
    subscriptions.push(connection);
    if (connection === 1) socket.write("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
  } else if (command === "hello") {
    socket.write("-ERR unknown command 'HELLO'\r\n");
  } else if (command === "info") {
    socket.write("$9\r\nloading:0\r\n");
  } else {
    socket.write("+OK\r\n");
  }
}

beforeEach(async () => {
  subscriptions = [];
  sockets.length = 0;
  server = createServer((socket) => {
    const connection = sockets.push(socket);
    socket.on("error", () => undefined);
    // Commands are arrays of texts, and each comes in one piece here.
    socket.on("data", (data) => {
      for (const command of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n([a-zA-Z]+)\r\n/g)) answer(socket, connection, (command[1] ?? "").toLowerCase());
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe("listening to channels", () => {
  it("subscribes once after a reconnect, and survives a Redis that does not answer to it in time", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", note);
    const { port } = server.address() as AddressInfo;
    const redis = createRedis({ host: "127.0.0.1", port }, { name: "test", commandTimeoutMs: 50 }, pino({ level: "silent" }));
    listenToChannels(redis, { c: () => undefined });
    await waitFor("first subscription", () => Promise.resolve(subscriptions.length === 1 ? true : undefined));
    const timedOut = once(redis, "ready").then(() => new Promise((resolve) => void setTimeout(resolve, 150)));
    sockets[0]?.destroy();
    await timedOut;
    expect(subscriptions).toEqual([1, 2]);
    expect(unhandled).toEqual([]);
    process.off("unhandledRejection", note);
    closeRedis(redis);
  });
});
