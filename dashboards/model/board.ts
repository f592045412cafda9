/** Units of Grafana that panels use. */
export type Unit = "short" | "reqps" | "ops" | "s" | "percentunit" | "percent" | "bytes" | "currencyUSD" | "cpm" | "none";

export interface PanelQuery {
  /** PromQL; may hold `$__rate_interval` and the board's variables. */
  readonly expr: string;
  /** Name of a line: `{{workload}}`. */
  readonly legend?: string;
}

export interface Threshold {
  readonly from: number;
  readonly colour: "green" | "yellow" | "red";
}

/** One panel: it answers one question. */
export interface PanelSpec {
  readonly kind: "stat" | "graph";
  readonly title: string;
  /** What exactly is shown, and what is good. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** Colours by value, rising; the first one holds from the beginning. @default green always */
  readonly thresholds?: readonly Threshold[];
  /** Of the 24 columns. */
  readonly width: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** A choice above the panels: all values of a label. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Metric and label that the values come from. */
  readonly metric: string;
  readonly of: string;
}

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

type Texts = Pick<PanelSpec, "title" | "description" | "unit">;

/** A big number with its course behind it. */
export function stat(texts: Texts, expr: string, more: { readonly thresholds?: readonly Threshold[]; readonly width?: number } = {}): PanelSpec {
  return { kind: "stat", ...texts, queries: [{ expr }], width: more.width ?? 6, ...(more.thresholds ? { thresholds: more.thresholds } : {}) };
}

/** Lines over time. */
export function graph(texts: Texts, queries: readonly PanelQuery[], width = 12): PanelSpec {
  return { kind: "graph", ...texts, queries, width };
}

/** Good below `warn`, bad from `bad` on. */
export function lowIsGood(warn: number, bad: number): readonly Threshold[] {
  return [
    { from: 0, colour: "green" },
    { from: warn, colour: "yellow" },
    { from: bad, colour: "red" },
  ];
}

/** Bad below `good`. */
export function highIsGood(good: number): readonly Threshold[] {
  return [
    { from: 0, colour: "red" },
    { from: good, colour: "green" },
  ];
}
