export interface ChartPoint {
  readonly atMs: number;
  readonly value: number;
  /** Exact, as it came. */
  readonly text: string;
}

export interface ChartTimes {
  readonly from: string;
  readonly until: string;
  readonly stepSeconds: number;
}

/** Points with their times: one every step, the last one at the end. A value that is no number is left out. */
export function pointsOf(texts: readonly string[], { from, until, stepSeconds }: ChartTimes): readonly ChartPoint[] {
  const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)];
  return texts
    .map((text, index) => ({ atMs: Math.min(fromMs + index * stepSeconds * 1000, untilMs), value: Number(text), text }))
    .filter(({ atMs, value }) => Number.isFinite(atMs) && Number.isFinite(value));
}

export interface Box {
  readonly width: number;
  readonly height: number;
  /** Room above and below the line. */
  readonly padding: number;
}

export interface ChartShape {
  /** Where each point is, in the order of the points. */
  readonly places: readonly { readonly x: number; readonly y: number }[];
  /** `d` of the line and of the area below it. */
  readonly line: string;
  readonly area: string;
  readonly lowest: number;
  readonly highest: number;
}

/** The line through the points, as wide as the box. A line that never moves runs through the middle, or at zero. */
export function shapeOf(points: readonly ChartPoint[], { width, height, padding }: Box): ChartShape {
  const values = points.map(({ value }) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const firstMs = points[0]?.atMs ?? 0;
  const lengthMs = Math.max(1, (points.at(-1)?.atMs ?? 0) - firstMs);
  const inner = height - 2 * padding;
  const heightOf = (value: number): number => {
    if (highest === lowest) return highest === 0 ? 0 : 0.5;
    return (value - lowest) / (highest - lowest);
  };
  const places = points.map(({ atMs, value }) => ({
    x: round(((atMs - firstMs) / lengthMs) * width),
    y: round(padding + (1 - heightOf(value)) * inner),
  }));
  const line = places.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x} ${y}`).join("");
  const area = places.length === 0 ? "" : `${line}L${places.at(-1)?.x ?? 0} ${height}L${places[0]?.x ?? 0} ${height}Z`;
  return { places, line, area, lowest, highest };
}

/** Index of the point that is nearest to `x`; undefined where there is none. */
export function nearestTo(x: number, { places }: Pick<ChartShape, "places">): number | undefined {
  let nearest: number | undefined;
  let distance = Infinity;
  for (const [index, place] of places.entries()) {
    if (Math.abs(place.x - x) >= distance) continue;
    distance = Math.abs(place.x - x);
    nearest = index;
  }
  return nearest;
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
