import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineName } from "../../infra/engine/engine.ts";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { environmentContainers } from "../../infra/host/containers.ts";
import { FIRST_CPU_SHARES } from "../../infra/platform/defaults.ts";
import { isJob } from "../../infra/platform/jobs.ts";
import { checks } from "../../infra/validation/checks.ts";
import { validationContext } from "../../infra/validation/check.ts";
import { astra, astraOk, startAstra } from "./astra.ts";
import { configurationTests } from "./configuration-tests.ts";
import { driftTests } from "./drift-tests.ts";
import { backupTests } from "./backup-tests.ts";
import { eventsTests } from "./events-tests.ts";
import { idsOf, leftovers, realContainers } from "./inspect.ts";
import { crashTest, killedRolloutTest, killedUpTest, stopTest } from "./robustness-tests.ts";
import { rolloutTests } from "./rollout-tests.ts";
import { scaleTests } from "./scale-tests.ts";
import { simulateTests } from "./simulate-tests.ts";
import { withSteadyRequests } from "./steady-requests.ts";
import { waitFor } from "../support/wait-for.ts";

export interface SuiteOptions {
  readonly engine: EngineName;
  readonly environment: string;
  readonly portOffset: number;
}

/** `./astra test` holds the platform to its times; here the machine may be busy with other things. */
const PATIENCE = 10;

/**
 * The platform, deployed for real into an environment of its own by `./astra`, used, and removed. Tests build on each
 * other, in order. The environment is not declared ephemeral, since one of them wants data to survive `down`.
 */
export function platformSuite({ engine, environment, portOffset }: SuiteOptions): void {
  const here = ["--environment", environment];
  // More requests than a service takes from all callers together: the tests of rollouts send 200 a second.
  const config = ["--config", `portOffset=${portOffset}`, "--config", "limits.perService=1000000"];
  const edge = `http://127.0.0.1:${8000 + portOffset}`;
  const up = async (...args: readonly string[]): Promise<string> => await astraOk("up", ...here, ...args);

  describe(`the platform through ${engine}`, () => {
    beforeAll(async () => {
      await astra("down", ...here, "--volumes", "--yes");
      await up(...config, "--engine", engine);
    });
    afterAll(async () => {
      await astra("down", ...here, "--volumes", "--yes");
    });

    test("is up, healthy and addressed after one command (R-DEP-1)", async () => {
      const status = JSON.parse(await astraOk("status", ...here, "--json")) as {
        readonly engine: string;
        readonly containers: readonly { readonly workload: string; readonly colour: string | null; readonly state: string }[];
        readonly urls: readonly { readonly url: string }[];
      };
      expect(status.engine).toBe(engine);
      expect(status.urls[0]?.url).toBe(`http://localhost:${8000 + portOffset}`);
      const running = status.containers.filter((container) => container.state === "running").map((container) => container.workload);
      expect(running).toEqual(expect.arrayContaining(["postgres", "redis", "edge", "prometheus", "gateway", "user", "trading"]));
      expect(status.containers.filter((container) => container.colour === "blue").length).toBe(8);
    });

    test("runs every container confined and limited (R-DEP-4, R-DEP-1)", async () => {
      const containers = await realContainers(environment);
      expect(containers.length).toBeGreaterThan(12);
      for (const { Name, Config, HostConfig } of containers) {
        expect(Config.User, Name).toBe("1000:1000");
        expect(HostConfig.ReadonlyRootfs, Name).toBe(true);
        expect(HostConfig.CapDrop, Name).toEqual(["ALL"]);
        expect(HostConfig.SecurityOpt, Name).toContain("no-new-privileges:true");
        const isAgent = Config.Labels["astratrade.workload"] === "agent";
        expect(HostConfig.Memory, Name).toBe((isAgent ? 128 : 512) * 1024 * 1024);
        expect(HostConfig.NanoCpus, Name).toBe(isAgent ? 250_000_000 : 500_000_000);
        const isFirst = ["edge", "gateway", "trading", "postgres", "redis"].includes(Config.Labels["astratrade.workload"] ?? "");
        expect(HostConfig.CpuShares, Name).toBe(isFirst ? FIRST_CPU_SHARES : 0);
        expect(HostConfig.GroupAdd ?? [], Name).toHaveLength(isAgent ? 1 : 0);
        expect(JSON.stringify([HostConfig.Mounts, HostConfig.Binds]).includes("docker.sock"), Name).toBe(isAgent);
        expect(HostConfig.RestartPolicy.Name, Name).toBe(isJob(Config.Labels["astratrade.workload"] ?? "") ? "no" : "unless-stopped");
        expect(HostConfig.LogConfig, Name).toMatchObject({ Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } });
        for (const [port, bindings] of Object.entries(HostConfig.PortBindings ?? {}))
          for (const { HostIp } of bindings)
            expect(HostIp, `${Name} ${port}`).toBe(Name.includes("edge") && port === "8000/tcp" ? "0.0.0.0" : "127.0.0.1");
      }
    });

    test("has no secret in any container's environment (R-DEP-1)", async () => {
      const redis = `astra-${environment}-redis-1`;
      const password = (await dockerOrFail(["exec", redis, "cat", "/run/secrets/redis"])).trim();
      expect(password.length).toBeGreaterThanOrEqual(16);
      const postgres = `astra-${environment}-postgres-1`;
      const all = (await dockerOrFail(["exec", postgres, "sh", "-c", "for f in /run/secrets/*; do cat $f; echo; done"])).split("\n");
      const values = [password, ...all.filter((value) => value !== "")];
      for (const { Name, Config } of await realContainers(environment))
        for (const value of values) expect(Config.Env.join("\n").includes(value), Name).toBe(false);
    });

    test("changes nothing when nothing has changed", async () => {
      const before = await idsOf(environment);
      const output = await up();
      expect(output).toContain("foundation ready: unchanged");
      expect(output).toContain("blue ready: unchanged");
      expect(await idsOf(environment)).toEqual(before);
    });

    const context = validationContext({ environment, target: "docker", ephemeral: false, portOffset }, PATIENCE);
    for (const check of checks)
      test(`validation: ${check.name}`, async () => {
        await check.run(context);
      });

    test("shows what runs and what watches it, and one request in every log that it went through (R-DEP-1)", async () => {
      const id = `e2e-${environment}-trace`;
      expect((await fetch(`${edge}/api/v1/trading/prices`, { headers: { "X-Correlation-ID": id } })).status).toBe(200);
      const lines = (await astraOk("logs", ...here, "--correlation-id", id, "--json")).trim().split("\n");
      const services = lines.map((line) => (JSON.parse(line) as { readonly service: string }).service);
      expect(services).toEqual(expect.arrayContaining(["gateway", "trading"]));

      // Prometheus has just been started: it asks its targets one after the other, and its first alert takes a while.
      await waitFor("more than 10 targets to be up", async () => {
        const { output } = await astra("monitoring", ...here, "--json");
        const { targets } = JSON.parse(output) as { readonly targets: { readonly up: number } };
        return targets.up > 10 ? true : undefined;
      }, 60_000);

      const { containers } = JSON.parse((await astra("status", ...here, "--json")).output) as {
        readonly containers: readonly { readonly workload: string; readonly trafficPercent: number | null; readonly memoryLimitBytes: number | null }[];
      };
      expect(containers.find(({ workload }) => workload === "gateway")).toMatchObject({ trafficPercent: 100, memoryLimitBytes: 512 * 1024 * 1024 });
    });

    simulateTests({ environment, portOffset });
    eventsTests({ environment });

    test("finishes a deployment that was interrupted (Ctrl-C)", async () => {
      await dockerOrFail(["rm", "--force", `astra-${environment}-blue-nft-1`, `astra-${environment}-alertmanager-1`]);
      const running = startAstra(["up", ...here]);
      await running.says("images: all here");
      running.interrupt();
      const { code, output } = await running.ended;
      expect(output).toContain("interrupted. Nothing is lost");
      expect(code).toBe(130);
      await up();
      const states = (await environmentContainers(environment)).map((container) => `${container.workload} ${container.state}`);
      expect(states).toEqual(expect.arrayContaining(["nft running", "alertmanager running"]));
    });

    driftTests({ environment });

    test("lets only one deployment at an environment", async () => {
      const first = startAstra(["up", ...here]);
      await first.says("Environment");
      const second = await astra("up", ...here);
      expect(second.output).toContain("Another `astra up` is at work on this environment");
      expect(second.code).toBe(1);
      expect((await first.ended).code).toBe(0);
    });

    scaleTests({ environment, portOffset });
    // Each of its deployments ends before it is done; the next test finishes it.
    killedUpTest({ environment, portOffset }, ["--config", "version=second"]);

    test("brings up a second colour that stands by, while the first one serves every request (R-DEP-2)", async () => {
      const before = Object.fromEntries(Object.entries(await idsOf(environment)).filter(([name]) => !name.includes("-green-")));
      const { sent, failed } = await withSteadyRequests(edge, async () => {
        expect(await up("--config", "version=second")).toContain("green stands by without requests; blue takes them all.");
      });
      expect(failed).toEqual([]);
      expect(sent).toBeGreaterThan(10);
      expect(await idsOf(environment)).toMatchObject(before);
    });

    configurationTests({ environment, portOffset });
    rolloutTests({ engine, environment, portOffset });

    killedRolloutTest({ environment, portOffset });

    test("gives all requests to the second colour when the first goes, without a failed one (R-DEP-2)", async () => {
      const { failed } = await withSteadyRequests(edge, async () => {
        await astraOk("down", "blue", ...here);
      });
      expect(failed).toEqual([]);
      expect((await environmentContainers(environment)).some((container) => container.colour === "blue")).toBe(false);
    });

    test("lets a colour that comes back stand by too, until it is asked to serve (R-DEP-2)", async () => {
      const { failed } = await withSteadyRequests(edge, async () => {
        expect(await up("--config", "version=again")).toContain("blue stands by without requests; green takes them all.");
        await astraOk("down", "blue", ...here);
      });
      expect(failed).toEqual([]);
    });

    test("refuses to take down the only colour that serves, or the foundation below it", async () => {
      const colour = await astra("down", "green", ...here);
      expect(colour.output).toContain("blue is not complete and healthy, so nothing would take over from green.");
      expect(colour.code).toBe(1);
      expect((await astra("down", "foundation", ...here)).output).toContain("The foundation carries green, which still runs.");
    });

    crashTest({ environment, portOffset });

    test("reports everything that is wrong with a config at once", async () => {
      const { code, output } = await astra("up", ...here, "--config", "portOffset=99999", "--config", "logLevle=info");
      expect(code).toBe(2);
      expect(output).toContain("2 problems in the config of stack");
      expect(output).toContain("astratrade:portOffset");
      expect(output).toContain("astratrade:logLevle");
      expect(output).not.toMatch(/\n\s+at /);
    });

    test("names the owner of a port that is taken, and starts nothing (R-DEP-6)", async () => {
      const server = createServer();
      // Between two steps of offsets, so that no other suite's environment is there.
      const otherOffset = portOffset + 250;
      const port = 8000 + otherOffset;
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      try {
        const other = ["--environment", `${environment}x`, "--config", `portOffset=${otherOffset}`];
        const { code, output } = await astra("up", ...other, "--engine", engine);
        expect(code).toBe(1);
        expect(output).toMatch(new RegExp(`ports: taken: ${port} by \\S+ \\(process ${process.pid}\\)`));
        expect(await environmentContainers(`${environment}x`)).toEqual([]);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    });

    const backups = backupTests({ environment, portOffset, up: [...config, "--engine", engine] });
    backups.take();
    stopTest({ environment, portOffset });
    backups.restore();

    test("leaves nothing behind after down --volumes", async () => {
      const refused = await astra("down", ...here, "--volumes");
      expect(refused.output).toContain("only with --yes");
      await astraOk("down", ...here, "--volumes", "--yes");
      expect(await environmentContainers(environment)).toEqual([]);
      expect(await leftovers("volume", environment)).toEqual([]);
      expect(await leftovers("network", environment)).toEqual([]);
    });
  });
}
