import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isListenedOn, listeningInodes, portOwner } from "../../../../infra/host/port-owner.ts";

/** As Linux prints it: 8000 listens on loopback, 8000 also has a connection, 5432 listens everywhere. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 48211 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 48333 1 0000000000000000 20 4 30 10 -1
   2: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 50001 1 0000000000000000 100 0 0 10 0
`;

describe("listeningInodes", () => {
  test("finds the sockets that listen, not those that are connected", () => {
    expect(listeningInodes(TABLE, 8000)).toEqual(["48211"]);
    expect(listeningInodes(TABLE, 5432)).toEqual(["50001"]);
  });

  test("finds nothing on a free port, and nothing in an empty table", () => {
    expect(listeningInodes(TABLE, 8001)).toEqual([]);
    expect(listeningInodes("", 8000)).toEqual([]);
  });
});

test.runIf(existsSync("/proc/net/tcp"))("names the process that listens on a port (R-DEP-6)", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  expect(isListenedOn(address.port)).toBe(true);
  expect(portOwner(address.port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  await new Promise((resolve) => server.close(resolve));
  expect(portOwner(address.port)).toBeUndefined();
  expect(isListenedOn(address.port)).toBe(false);
});
