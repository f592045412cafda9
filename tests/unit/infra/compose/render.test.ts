import { describe, expect, test } from "vitest";
import { fromComposeService } from "../../../../infra/compose/from-file.ts";
import { composeYaml, renderCompose } from "../../../../infra/compose/render.ts";
import { STACKS } from "../../../../infra/engine/model.ts";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { parse } from "yaml";
import { testStack } from "../../../support/platform-models.ts";

const folderOf = (spec: { workload: string }): string => `/state/${spec.workload}`;

describe("renderCompose", () => {
  test.each(STACKS)("says of every container of %s exactly what the model says (R-DEP-1)", (stack) => {
    const { containers } = testStack(stack);
    const file = renderCompose(containers, folderOf);
    expect(Object.keys(file.services)).toEqual(containers.map((spec) => spec.name));
    for (const spec of containers) expect(fromComposeService(spec.name, file)).toEqual(formOf(spec));
  });

  test("writes Redis with its limit, health check, log rotation and confinement (R-DEP-4)", () => {
    const { containers } = testStack("foundation");
    const labels = containers.find((spec) => spec.workload === "redis")?.labels;
    expect(renderCompose(containers, folderOf).services["astra-dev-redis-1"]).toEqual({
      image: "astratrade/redis:0123456789ab",
      container_name: "astra-dev-redis-1",
      environment: {},
      labels,
      user: "1000:1000",
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      volumes: [
        { type: "bind", source: "/state/redis", target: "/run/secrets", read_only: true },
        { type: "volume", source: "astra-dev-redis", target: "/data" },
        { type: "tmpfs", target: "/tmp", tmpfs: { size: 16_777_216 } },
      ],
      mem_limit: 536_870_912,
      memswap_limit: 536_870_912,
      cpus: 0.5,
      cpu_shares: 8192,
      healthcheck: {
        test: ["CMD", "redis-health"],
        interval: "30s",
        timeout: "3s",
        start_period: "5s",
        start_interval: "1s",
        retries: 3,
      },
      restart: "unless-stopped",
      stop_signal: "SIGTERM",
      stop_grace_period: "60s",
      logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
      networks: { platform: { aliases: ["redis"] } },
      ports: ["127.0.0.1:6379:6379"],
    });
  });

  test("serves first whatever an order passes where the processor is short, and nobody else", () => {
    const services = STACKS.flatMap((stack) => Object.values(renderCompose(testStack(stack).containers, folderOf).services));
    const first = services.filter((service) => service.cpu_shares !== undefined);
    expect(new Set(first.map((service) => service.cpu_shares))).toEqual(new Set([8192]));
    expect(first.map((service) => service.container_name?.replace(/^astra-dev-(blue-|green-)?|-1$/g, "")).sort()).toEqual(
      ["edge", "gateway", "gateway", "postgres", "redis", "trading", "trading"],
    );
  });

  test("gives the engine's socket to the agent alone, with the socket's group and read-only", () => {
    const services = STACKS.flatMap((stack) => Object.values(renderCompose(testStack(stack).containers, folderOf).services));
    const socket = { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock", read_only: true };
    expect(services.filter((service) => JSON.stringify(service).includes("docker.sock")).map((service) => service.container_name)).toEqual([
      "astra-dev-agent-1",
    ]);
    expect(services.filter((service) => service.group_add !== undefined)).toEqual([
      expect.objectContaining({ container_name: "astra-dev-agent-1", user: "1000:1000", group_add: ["998"], volumes: expect.arrayContaining([socket]), ports: [] }),
    ]);
  });

  test("goes without the agent where the machine has no such socket", () => {
    const { containers } = testStack("foundation", {}, { startInterval: true, grafana: true });
    expect(containers.map((spec) => spec.workload)).not.toContain("agent");
  });

  test("checks health as seldom where the engine knows no start interval: each check is a process (R-DEP-4)", () => {
    const { containers } = testStack("foundation", {}, { startInterval: false, grafana: false });
    const check = renderCompose(containers, folderOf).services["astra-dev-edge-1"]?.healthcheck;
    expect(check?.interval).toBe("30s");
    expect(check).not.toHaveProperty("start_interval");
  });

  test("lets services start only after the migrations have ended well", () => {
    const file = renderCompose(testStack("blue").containers, folderOf);
    expect(file.services["astra-dev-blue-trading-1"]?.depends_on).toEqual({
      "astra-dev-blue-migrate-1": { condition: "service_completed_successfully" },
    });
    expect(file.services["astra-dev-blue-migrate-1"]?.restart).toBe("no");
  });

  test("publishes the edge on every address and everything else on loopback only (R-DEP-1)", () => {
    const published = STACKS.flatMap((stack) =>
      Object.entries(renderCompose(testStack(stack).containers, folderOf).services).flatMap(([name, service]) =>
        service.ports.filter((port) => !port.startsWith("127.0.0.1:")).map((port) => `${name} ${port}`),
      ),
    );
    expect(published).toEqual(["astra-dev-edge-1 0.0.0.0:8000:8000"]);
  });

  test("names services like containers, so that compose's own alias never means both colours", () => {
    for (const stack of STACKS)
      for (const [name, service] of Object.entries(renderCompose(testStack(stack).containers, folderOf).services))
        expect(name).toBe(service.container_name);
  });

  test("keeps a dollar sign that compose would take for a variable", () => {
    const [spec] = testStack("blue").containers;
    if (spec === undefined) throw new Error("no container");
    const file = renderCompose([{ ...spec, environment: { PRICE: "$5 and ${HOME}" } }], folderOf);
    expect(file.services[spec.name]?.environment).toEqual({ PRICE: "$$5 and $${HOME}" });
  });

  test("refuses a stack without containers, and one on two networks", () => {
    const [spec] = testStack("blue").containers;
    if (spec === undefined) throw new Error("no container");
    expect(() => renderCompose([], folderOf)).toThrow("a compose file needs at least one container");
    const elsewhere = { ...spec, network: { name: "other", aliases: [] } };
    expect(() => renderCompose([spec, elsewhere], folderOf)).toThrow(
      "containers of one stack share a network, got astra-dev, other",
    );
  });
});

describe("composeYaml", () => {
  test.each(["1.1", "1.2"] as const)("reads back as the same file under YAML %s, which both compose tools differ in", (version) => {
    for (const stack of STACKS) {
      const file = renderCompose(testStack(stack).containers, folderOf);
      expect(parse(composeYaml(file, "heading"), { version })).toEqual(JSON.parse(JSON.stringify(file)));
    }
  });
});
