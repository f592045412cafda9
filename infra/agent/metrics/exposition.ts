/** One metric: its name, kind and meaning. */
export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
}

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

/** Collects samples and writes them in Prometheus' text format, each family in one block. */
export class Exposition {
  readonly #lines = new Map<Family, string[]>();

  /** Adds a sample of a family; numbers that are none are left out. */
  add(family: Family, labels: Labels, value: number): void {
    if (!Number.isFinite(value)) return;
    const lines = this.#lines.get(family) ?? [];
    this.#lines.set(family, lines);
    lines.push(`${family.name}${labelText(labels)} ${value}`);
  }

  text(): string {
    const blocks = [...this.#lines].map(([family, lines]) =>
      [`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`, ...lines].join("\n"),
    );
    return `${blocks.join("\n")}\n`;
  }
}
