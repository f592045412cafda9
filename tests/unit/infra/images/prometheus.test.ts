import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import { hostAlias } from "../../../../infra/platform/names.ts";
import { colourWorkloads, foundationWorkloads } from "../../../../infra/platform/platform.ts";
import type { Settings } from "../../../../infra/platform/settings.ts";
import { metricSources } from "../../../../services/base/metrics-contract/contract.ts";
import { COLOURS } from "../../../../infra/platform/workload.ts";

interface PrometheusConfig {
  readonly scrape_configs: readonly {
    readonly metric_relabel_configs?: readonly { readonly action: string; readonly source_labels?: readonly string[]; readonly regex: string }[];
    readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly type: string; readonly port: number }[];
  }[];
}

const settings: Settings = {
  environment: "test",
  mode: "dev",
  target: "docker",
  portOffset: 0,
  grafana: "auto",
  jaeger: "auto",
  tracing: { sampleRatio: 1 },
  resources: {},
  replicas: {},
  limits: { perUser: 200, perService: 1000 },
  logLevel: "info",
  foundationStack: "dev",
  ephemeral: true,
  kubernetes: { entry: "ClusterIP", volumes: {}, autoscaling: {} },
};

describe("Prometheus's configuration", () => {
  it("drops series that are many, and none that a rule or a panel may name (R-MON-1)", () => {
    const text = readFileSync(join(PROJECT_ROOT, "images", "configure", "prometheus.yml"), "utf8");
    const drops = (parse(text) as PrometheusConfig).scrape_configs
      .flatMap((job) => job.metric_relabel_configs ?? [])
      .filter((rule) => rule.action === "drop");
    expect(drops.length).toBeGreaterThanOrEqual(5);
    expect(drops.map((rule) => rule.source_labels)).toEqual(drops.map(() => ["__name__"]));
    const series = metricSources.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, type }) => (type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [name])),
    );
    // Prometheus anchors its expressions.
    const dropped = series.filter((name) => drops.some((rule) => new RegExp(`^(?:${rule.regex})$`).test(name)));
    expect(dropped).toEqual([]);
  });

  it("scrapes exactly the workloads that have metrics, in both colours (R-MON-1)", () => {
    const text = readFileSync(join(PROJECT_ROOT, "images", "configure", "prometheus.yml"), "utf8");
    const scraped = (parse(text) as PrometheusConfig).scrape_configs
      .flatMap((job) => job.dns_sd_configs)
      .flatMap((target) => target.names.map((name) => `${name}:${target.port}`));
    const facts = { startInterval: false, grafana: true, jaeger: true, dockerSocketGid: 998 };
    const declared = [...foundationWorkloads(settings, facts), ...colourWorkloads(settings)].flatMap((workload) =>
      (workload.scope === "colour" ? COLOURS : [undefined]).flatMap((colour) =>
        workload.metrics ? [`${hostAlias(workload.name, colour)}:${workload.metrics.port}`] : [],
      ),
    );
    expect(scraped.toSorted()).toEqual(declared.toSorted());
  });
});
