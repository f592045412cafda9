/** Matcher of a bucket's bound that holds for `5` and for `5.0`, the way that Prometheus 3 writes it. */
export function histogramLe(bound: number): string {
  const digits = String(bound).replace(".", "\\\\.");
  return Number.isInteger(bound) ? `le=~"${digits}(\\\\.0)?"` : `le=~"${digits}"`;
}

/** 0 for each of the names that has no series: so that what is gone counts as 0. */
export function orZeroFor(expr: string, label: string, names: readonly string[]): string {
  return [`(${expr})`, ...names.map((name) => `label_replace(vector(0), "${label}", "${name}", "", "")`)].join(" or ");
}

/** Share of `part` in `whole`, both sums of rates; 0 where nothing of `part` was ever seen. */
export function ratio(part: string, whole: string): string {
  return `((${part}) or 0 * (${whole})) / (${whole})`;
}
