import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerSocketFacts } from "../../../../infra/host/docker-socket.ts";

describe("dockerSocketFacts", () => {
  const folder = mkdtempSync(join(tmpdir(), "astra-socket-"));
  const socket = join(folder, "docker.sock");
  let server: Server;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([{}, { DOCKER_HOST: "" }, { DOCKER_HOST: `unix://${socket}` }])("names the group of the socket with %o", async (environment) => {
    expect(await dockerSocketFacts(environment, socket)).toEqual({ dockerSocketGid: statSync(socket).gid });
  });

  test.each([{ DOCKER_HOST: "tcp://elsewhere:2375" }, { DOCKER_HOST: "unix:///run/user/1000/docker.sock" }])(
    "names none where the engine is reached by %o",
    async (environment) => {
      expect(await dockerSocketFacts(environment, socket)).toEqual({});
    },
  );

  test("names none where there is nothing, or something else", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await dockerSocketFacts({}, join(folder, "file"))).toEqual({});
    expect(await dockerSocketFacts({}, join(folder, "nothing"))).toEqual({});
  });
});
