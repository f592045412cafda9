import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DockerEngine } from "../../../../infra/agent/engine/docker-engine.ts";
import type { EngineEvent } from "../../../../infra/agent/engine/engine.ts";

describe("DockerEngine", () => {
  let folder: string;
  let server: Server;
  let engine: DockerEngine;
  let asked: { readonly method: string; readonly url: URL }[];
  let answer: (response: ServerResponse, request: IncomingMessage) => void;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "astra-engine-"));
    asked = [];
    server = createServer((request, response) => {
      asked.push({ method: request.method ?? "", url: new URL(request.url ?? "", "http://engine") });
      answer(response, request);
    });
    await new Promise<void>((resolve) => server.listen(join(folder, "engine.sock"), resolve));
    engine = new DockerEngine(join(folder, "engine.sock"), "test");
  });
  afterEach(() => {
    engine.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const says = (status: number, body: string): void => {
    answer = (response) => void response.writeHead(status).end(body);
  };

  test("lists the containers of its own environment, stopped ones too", async () => {
    says(200, JSON.stringify([{ Id: "a" }, { Id: "b" }]));
    expect(await engine.list()).toEqual(["a", "b"]);
    expect(asked[0]?.url.pathname).toBe("/containers/json");
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ all: "true", filters: '{"label":["astratrade.environment=test"]}' });
  });

  test("restarts with the container's own grace period", async () => {
    says(204, "");
    await engine.restart("a");
    expect(asked.map(({ method, url }) => `${method} ${url.pathname}${url.search}`)).toEqual(["POST /containers/a/restart"]);
  });

  test("asks for one measurement without waiting for a second one", async () => {
    says(200, JSON.stringify({ memory_stats: { usage: 5 } }));
    expect((await engine.usage("a"))?.memoryBytes).toBe(5);
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({ stream: "false", "one-shot": "true" });
  });

  test("knows nothing of a container that is gone", async () => {
    says(404, '{"message":"No such container"}');
    expect(await engine.inspect("a")).toBeUndefined();
    expect(await engine.usage("a")).toBeUndefined();
  });

  test("passes on what the engine says when it refuses", async () => {
    says(500, '{"message":"cannot stop"}\n');
    await expect(engine.restart("a")).rejects.toThrow('/containers/a/restart: the container engine answered 500: {"message":"cannot stop"}');
  });

  test("reads events from a stream, whatever it is cut into, and leaves health checks' processes out", async () => {
    const lines = [
      { Action: "oom", Actor: { ID: "a", Attributes: { name: "astra-test-user-1" } }, time: 5, timeNano: 5_500_000_000 },
      { Action: "health_status: unhealthy", Actor: { ID: "b" }, time: 6 },
    ].map((event) => `${JSON.stringify(event)}\n`);
    answer = (response) => {
      const text = lines.join("");
      response.writeHead(200).write(text.slice(0, 30));
      response.end(text.slice(30));
    };
    const events: EngineEvent[] = [];
    for await (const event of engine.events(4.25, new AbortController().signal)) events.push(event);
    expect(events).toEqual([
      { action: "oom", containerId: "a", containerName: "astra-test-user-1", atSeconds: 5.5 },
      { action: "health_status: unhealthy", containerId: "b", containerName: "", atSeconds: 6 },
    ]);
    expect(asked[0]?.url.searchParams.get("since")).toBe("4.250000");
    expect(asked[0]?.url.searchParams.get("filters")).not.toContain("exec");
  });

  test("ends its events without an error when it is told to", async () => {
    const ending = new AbortController();
    answer = (response) => {
      response.writeHead(200).flushHeaders();
      setImmediate(() => ending.abort());
    };
    const events: EngineEvent[] = [];
    for await (const event of engine.events(0, ending.signal)) events.push(event);
    expect(events).toEqual([]);
  });

  test("says what to do where there is no socket, and where nobody listens", async () => {
    const missing = new DockerEngine(join(folder, "missing.sock"), "test");
    await expect(missing.list()).rejects.toThrow(`no container engine: there is no ${join(folder, "missing.sock")}. Fix: mount the engine's socket there`);
  });

  test("says that an engine broke off", async () => {
    answer = (_response, request) => void request.socket.destroy();
    await expect(engine.list()).rejects.toThrow("/containers/json?all=true");
  });
});
