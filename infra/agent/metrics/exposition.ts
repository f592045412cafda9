import type { MetricDefinition } from "../../../services/base/metrics-contract/metric.ts";

/** An empty value is left out: to Prometheus both are the same. */
export type Labels = Readonly<Record<string, string>>;

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) => (value === "" ? [] : [`${name}="${escaped(value)}"`]));
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Collects samples and writes them in Prometheus' text format, each metric in one block. */
export class Exposition {
  readonly #lines = new Map<MetricDefinition, string[]>();

  /** Adds a sample of a metric; numbers that are none are left out. */
  add(metric: MetricDefinition, labels: Labels, value: number): void {
    if (!Number.isFinite(value)) return;
    const lines = this.#lines.get(metric) ?? [];
    this.#lines.set(metric, lines);
    lines.push(`${metric.name}${labelText(labels)} ${value}`);
  }

  text(): string {
    const blocks = [...this.#lines].map(([metric, lines]) =>
      [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`, ...lines].join("\n"),
    );
    return `${blocks.join("\n")}\n`;
  }
}
