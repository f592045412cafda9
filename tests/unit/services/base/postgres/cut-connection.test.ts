import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Metrics } from "../../../../../services/base/metrics.ts";
import { PostgresDatabase } from "../../../../../services/base/postgres/postgres-database.ts";

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** What a server says that lets a session in and ends with its postmaster in the same moment. */
const WELCOME_AND_END = Buffer.concat([
  message("R", Buffer.alloc(4)),
  message("Z", Buffer.from("I")),
  message("E", Buffer.from("SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0")),
]);

let server: Server;
let database: PostgresDatabase;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(WELCOME_AND_END));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  database = new PostgresDatabase({
    settings: { host: "127.0.0.1", port, database: "d", user: "u", password: "p", schema: "s" },
    applicationName: "test", metrics: new Metrics({ service: "test", colour: "blue" }), log: pino({ level: "silent" }),
  });
});
afterEach(async () => {
  await database.close();
  server.close();
});

describe("a connection that is cut in the moment in which it is given out (R-SVC-3)", () => {
  it("fails what it was taken for, and does not end the process", async () => {
    await expect(database.query("SELECT 1")).rejects.toMatchObject({ code: "database-unavailable" });
    await expect(database.transaction((tx) => tx.query("SELECT 1"))).rejects.toMatchObject({ code: "database-unavailable" });
  });
});
