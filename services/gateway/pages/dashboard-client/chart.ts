import { displayAmount, displayUnit } from "./amount.ts";
import { type ChartPoint, type ChartShape, nearestTo, shapeOf } from "./chart-shape.ts";
import { clockTime } from "./clock-time.ts";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 96;
/** Room for the words of the highest and the lowest value. */
const PADDING = 17;

export interface ChartData {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly ChartPoint[];
}

type Attributes = Readonly<Record<string, string | number>>;

function svg<K extends keyof SVGElementTagNameMap>(name: K, attributes: Attributes, ...children: Element[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

function html(name: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The line of one KPI: it redraws with its width, and tells value and time under the pointer or by arrow keys. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #id: string;
  #data: ChartData | undefined;
  #shape: ChartShape | undefined;
  #chosen: number | undefined;

  constructor(host: HTMLElement, id: string) {
    this.#host = host;
    this.#id = id;
    new ResizeObserver(() => this.#draw()).observe(host);
    host.addEventListener("pointermove", (event) => this.#choose(this.#at(event.clientX)));
    host.addEventListener("pointerdown", (event) => this.#choose(this.#at(event.clientX)));
    host.addEventListener("pointerleave", () => this.#choose(undefined));
    host.addEventListener("blur", () => this.#choose(undefined));
    host.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Shows other data; what is chosen stays chosen. */
  show(data: ChartData): void {
    this.#data = data;
    this.#draw();
  }

  #at(clientX: number): number | undefined {
    return this.#shape === undefined ? undefined : nearestTo(clientX - this.#host.getBoundingClientRect().left, this.#shape);
  }

  #onKey(event: KeyboardEvent): void {
    const last = (this.#data?.points.length ?? 0) - 1;
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -last, End: last };
    const step = steps[event.key];
    if (event.key === "Escape") this.#choose(undefined);
    if (step === undefined || last < 0) return;
    event.preventDefault();
    this.#choose(Math.max(0, Math.min(last, (this.#chosen ?? last) + step)));
  }

  #choose(index: number | undefined): void {
    if (index === this.#chosen) return;
    this.#chosen = index;
    this.#mark();
  }

  #draw(): void {
    const width = this.#host.clientWidth;
    if (this.#data === undefined || width === 0) return;
    const { points, title, unit } = this.#data;
    if (points.length < 2) {
      this.#shape = undefined;
      this.#host.setAttribute("aria-label", `${title}: the last hour is not known`);
      this.#host.replaceChildren(html("span", "nothing", "The last hour is not known yet"));
      return;
    }
    const shape = shapeOf(points, { width, height: HEIGHT, padding: PADDING });
    this.#shape = shape;
    const show = (value: number): string => displayAmount(points.find((point) => point.value === value)?.text ?? "", unit);
    this.#host.setAttribute(
      "aria-label",
      `${title} over the last hour: between ${show(shape.lowest)} and ${show(shape.highest)}, now ${displayAmount(points.at(-1)?.text ?? "", unit)} ${displayUnit(unit, points.at(-1)?.text)}. Arrow keys tell each minute.`,
    );
    this.#host.replaceChildren(this.#picture(shape, width), ...this.#scale(shape, show));
    this.#mark();
  }

  #picture({ line, area, places }: ChartShape, width: number): SVGSVGElement {
    const fade = `fade-${this.#id}`;
    const end = places.at(-1) ?? { x: 0, y: 0 };
    const gradient = svg(
      "linearGradient",
      { id: fade, x1: 0, y1: 0, x2: 0, y2: 1 },
      svg("stop", { offset: 0, "stop-color": "currentColor", "stop-opacity": 0.28 }),
      svg("stop", { offset: 1, "stop-color": "currentColor", "stop-opacity": 0 }),
    );
    const gridLines = [PADDING, HEIGHT / 2, HEIGHT - PADDING].map((y) => svg("line", { class: "grid", x1: 0, x2: width, y1: y, y2: y }));
    return svg(
      "svg",
      { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" },
      svg("defs", {}, gradient),
      ...gridLines,
      svg("path", { d: area, fill: `url(#${fade})` }),
      svg("path", { class: "line", d: line }),
      svg("circle", { class: "end", cx: end.x, cy: end.y, r: 3.5 }),
    );
  }

  #scale({ lowest, highest }: ChartShape, show: (value: number) => string): HTMLElement[] {
    const points = this.#data?.points ?? [];
    const times = html("span", "times");
    times.append(html("span", "", clockTime(points[0]?.atMs ?? 0)), html("span", "", clockTime(points[Math.floor(points.length / 2)]?.atMs ?? 0)), html("span", "", "now"));
    const isFlat = lowest === highest;
    return [...(isFlat ? [] : [html("span", "bound highest", show(highest)), html("span", "bound lowest", show(lowest))]), times];
  }

  /** Line, dot and words at the chosen point. */
  #mark(): void {
    for (const old of this.#host.querySelectorAll(".mark, .tip")) old.remove();
    const { points = [], unit = "" } = this.#data ?? {};
    const point = points[this.#chosen ?? -1];
    const place = this.#shape?.places[this.#chosen ?? -1];
    const picture = this.#host.querySelector("svg");
    if (point === undefined || place === undefined || picture === null) return;
    picture.append(
      svg("line", { class: "mark", x1: place.x, x2: place.x, y1: 0, y2: HEIGHT }),
      svg("circle", { class: "mark", cx: place.x, cy: place.y, r: 4.5 }),
    );
    const tip = html("div", "tip");
    tip.setAttribute("role", "status");
    tip.append(html("b", "", `${displayAmount(point.text, unit)} ${displayUnit(unit, point.text)}`), html("span", "", clockTime(point.atMs)));
    this.#host.append(tip);
    const room = this.#host.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, place.x - tip.offsetWidth / 2))}px`;
  }
}
