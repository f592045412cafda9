import type { Dashboard, Kpi } from "../kpi.ts";
import { displayAmount, displayUnit } from "./amount.ts";
import { pointsOf } from "./chart-shape.ts";
import { Chart } from "./chart.ts";
import { changeOf, hourOf, noteOf } from "./texts.ts";

/** One KPI's card. The page holds its frame already, with the figures of when it was loaded. */
export class Card {
  readonly #root: HTMLElement;
  readonly #chart: Chart | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    const host = this.#slot("chart");
    this.#chart = host === null ? undefined : new Chart(host, root.dataset["kpi"] ?? "");
  }

  /** Shows what a KPI is now. */
  show(kpi: Kpi, { history }: Pick<Dashboard, "history">): void {
    const change = changeOf(kpi);
    this.#root.classList.remove("empty");
    this.#write("value", displayAmount(kpi.value, kpi.unit), true);
    this.#slot("value")?.setAttribute("title", `${kpi.value} ${kpi.unit}`);
    this.#write("unit", displayUnit(kpi.unit, kpi.value));
    this.#write("note", noteOf(kpi));
    this.#write("hour", hourOf(kpi));
    this.#write("change", change.text);
    const sign = this.#slot("change");
    sign?.setAttribute("data-direction", change.direction);
    sign?.setAttribute("aria-label", change.spoken);
    sign?.setAttribute("title", change.spoken);
    const past = history === null ? [] : pointsOf(kpi.points, history);
    this.#chart?.show({ title: kpi.title, unit: kpi.unit, points: past });
  }

  #slot(name: string): HTMLElement | null {
    return this.#root.querySelector<HTMLElement>(`[data-slot="${name}"]`);
  }

  #write(name: string, text: string, glow = false): void {
    const slot = this.#slot(name);
    if (slot === null || slot.textContent === text) return;
    const isNew = slot.textContent !== "–";
    slot.textContent = text;
    if (!glow || !isNew) return;
    // An animation starts anew only when its class was away for a moment.
    slot.classList.remove("changed");
    void slot.offsetWidth;
    slot.classList.add("changed");
  }
}
