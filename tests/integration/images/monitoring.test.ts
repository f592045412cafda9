import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../infra/host/docker.ts";
import { buildImages } from "../../../infra/images/build.ts";
import { imagePlan, imageReferences } from "../../../infra/images/plan.ts";
import { writeConfiguration, type WrittenConfiguration } from "../../support/configuration.ts";
import { freePort, removeContainer, startContainer, stopContainer } from "../../support/docker.ts";
import { mountSecrets } from "../../support/store-containers.ts";
import { stores } from "../../support/stores.ts";
import { waitFor } from "../../support/wait-for.ts";

interface Targets {
  readonly data: { readonly activeTargets: readonly { readonly labels: Readonly<Record<string, string>>; readonly health: string }[] };
}

describe("the monitoring images", () => {
  const network = `astra-test-${randomBytes(6).toString("hex")}`;
  const containers: Record<string, string> = {};
  let configuration: WrittenConfiguration | undefined;
  let prometheus = "";
  let alertmanager = "";

  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${prometheus}${path}`)).json()) as T;
  const valueOf = async (query: string): Promise<string | undefined> => {
    const answer = await ask<{ data: { result: { value: [number, string] }[] } }>(`/api/v1/query?query=${encodeURIComponent(query)}`);
    return answer.data.result[0]?.value[1];
  };

  beforeAll(async () => {
    const plan = await imagePlan(undefined, { names: ["configure", "prometheus", "alertmanager", "exporters"] });
    await buildImages(plan);
    const images = imageReferences(plan);
    await dockerOrFail(["network", "create", network]);
    await dockerOrFail(["network", "connect", "--alias=redis", network, stores().redis.id]);
    await dockerOrFail(["network", "connect", "--alias=postgres", network, stores().postgres.id]);
    const start = async (name: string, image: string, args: readonly string[], command: readonly string[] = []): Promise<void> => {
      const common = [`--network=${network}`, `--network-alias=${name}`, "--mount=type=tmpfs,target=/tmp,tmpfs-size=16m"];
      containers[name] = await startContainer([...common, ...args, images[image] ?? "", ...command]);
    };
    const [port, alertPort] = [await freePort(), await freePort()];
    prometheus = `http://127.0.0.1:${port}`;
    alertmanager = `http://127.0.0.1:${alertPort}`;
    await start("redis-exporter", "exporters", [mountSecrets(stores().secretsDir)], ["redis-exporter"]);
    await start("postgres-exporter", "exporters", [mountSecrets(stores().secretsDir)], ["postgres-exporter"]);
    configuration = await writeConfiguration(images, []);
    await start("alertmanager", "alertmanager", [configuration.mount, "--volume=/alertmanager", `--publish=127.0.0.1:${alertPort}:9093`]);
    await start("prometheus", "prometheus", [configuration.mount, "--volume=/prometheus", `--publish=127.0.0.1:${port}:9090`]);
  });
  afterAll(async () => {
    for (const id of Object.values(containers)) await removeContainer(id);
    await configuration?.remove();
    for (const id of [stores().redis.id, stores().postgres.id]) await dockerOrFail(["network", "disconnect", network, id]);
    await dockerOrFail(["network", "rm", network]);
  });

  it("find every workload that is there, and call none down that is not (R-MON-1)", async () => {
    const found = await waitFor("four healthy targets", async () => {
      const targets = (await ask<Targets>("/api/v1/targets?state=active")).data.activeTargets;
      return targets.length >= 4 && targets.every((target) => target.health === "up") ? targets : undefined;
    });
    const workloads = found.map((target) => target.labels["workload"]);
    expect(workloads.toSorted()).toEqual(["alertmanager", "postgres-exporter", "prometheus", "redis-exporter"]);
  });

  it("reach both stores with their secret files", async () => {
    await waitFor("redis_up", async () => ((await valueOf("redis_up")) === "1" ? true : undefined));
    await waitFor("pg_up", async () => ((await valueOf("pg_up")) === "1" ? true : undefined));
  });

  it("bring the watchdog's alert to Alertmanager", async () => {
    await waitFor("the watchdog", async () => {
      const alerts = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as { labels: { alertname: string } }[];
      return alerts.some((alert) => alert.labels.alertname === "Watchdog") ? true : undefined;
    });
  });

  it.each(["redis-exporter", "postgres-exporter", "alertmanager", "prometheus"])("answer the health probe: %s", async (name) => {
    const probe: Record<string, [string, string]> = {
      "redis-exporter": ["9121", "/"],
      "postgres-exporter": ["9187", "/"],
      alertmanager: ["9093", "/-/healthy"],
      prometheus: ["9090", "/-/healthy"],
    };
    await dockerOrFail(["exec", containers[name] ?? "", "http-health", ...(probe[name] ?? [])]);
    await expect(dockerOrFail(["exec", containers[name] ?? "", "http-health", "1", "/"])).rejects.toThrow("failed");
  });

  it("end with exit code 0", async () => {
    for (const name of ["prometheus", "alertmanager"]) expect(await stopContainer(containers[name] ?? ""), name).toBe(0);
  });
});
