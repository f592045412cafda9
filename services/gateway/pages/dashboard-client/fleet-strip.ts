import type { FleetEntry } from "./fleet.ts";

function span(className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

/** A service is well when it runs and its breaker lets requests through. */
function toneOf({ state, breaker }: FleetEntry): "good" | "warning" | "bad" {
  if (state === "unavailable" || breaker === "open") return "bad";
  return breaker === "half-open" ? "warning" : "good";
}

function wordsOf(entry: FleetEntry): string {
  if (entry.state === "unavailable") return "not running";
  if (entry.breaker === "open") return "breaker open";
  return entry.breaker === "half-open" ? "breaker on trial" : "healthy";
}

/** Shows the services in their strip. */
export function showFleet(strip: HTMLElement, entries: readonly FleetEntry[]): void {
  strip.replaceChildren(
    ...entries.map((entry) => {
      const item = document.createElement("li");
      item.dataset["tone"] = toneOf(entry);
      item.dataset["service"] = entry.name;
      item.append(span("dot", ""), span("name", entry.name), span("words", wordsOf(entry)), span("instances", entry.instances === "" ? "no instance" : entry.instances));
      if (entry.beatSeconds !== undefined) item.title = `Last sign of life ${entry.beatSeconds.toFixed(1)} s ago`;
      return item;
    }),
  );
}
