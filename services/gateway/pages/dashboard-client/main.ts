import type { Dashboard } from "../kpi.ts";
import { Card } from "./card.ts";
import { fleetOf } from "./fleet.ts";
import { showFleet } from "./fleet-strip.ts";
import { askJson, whileVisible } from "./poll.ts";
import { type Knowledge, stateLine } from "./state-line.ts";

const EVERY_MS = 5_000;
/** Ages are rounded: the same figures asked for twice differ by less than this. */
const SAME_MS = 1_000;

const cards = new Map([...document.querySelectorAll<HTMLElement>("[data-kpi]")].map((root) => [root.dataset["kpi"] ?? "", new Card(root)]));
let knowledge: Knowledge = { figures: undefined, trouble: undefined };
/** Moment of the shown figures by the gateway's clock, to tell old answers from new ones. */
let shownAtMs = -Infinity;

function write(id: string, text: string): void {
  const element = document.getElementById(id);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function tellState(): void {
  const { state, label, age, banner } = stateLine(knowledge, Date.now());
  document.documentElement.dataset["state"] = state;
  write("state", label);
  write("age", age);
  write("banner", banner);
  document.getElementById("banner")?.toggleAttribute("hidden", banner === "");
}

function isDashboard(body: unknown): body is Dashboard {
  return typeof body === "object" && body !== null && "kpis" in body && Array.isArray(body.kpis) && "dataAt" in body;
}

/** Several gateways may answer, each with figures of its own age: older ones than those shown are left alone. */
function show(dashboard: Dashboard): void {
  const dataAtMs = Date.parse(dashboard.dataAt);
  if (dataAtMs < shownAtMs - SAME_MS) return;
  shownAtMs = Math.max(shownAtMs, dataAtMs);
  for (const kpi of dashboard.kpis) cards.get(kpi.name)?.show(kpi, dashboard);
  const atMs = Date.now() - dashboard.ageSeconds * 1000;
  knowledge = { ...knowledge, figures: { atMs, isStale: dashboard.stale, reason: dashboard.staleReason } };
}

async function pollFigures(): Promise<number> {
  const outcome = await askJson(location.pathname);
  if (outcome.kind === "answer" && isDashboard(outcome.body)) {
    knowledge = { ...knowledge, trouble: undefined };
    show(outcome.body);
  } else {
    const trouble = outcome.kind === "refused" ? `${outcome.detail}.` : "The gateway cannot be reached.";
    knowledge = { ...knowledge, trouble };
  }
  tellState();
  return outcome.kind === "refused" ? outcome.retryAfterMs : 0;
}

async function pollFleet(): Promise<number> {
  const strip = document.getElementById("fleet");
  const outcome = await askJson(new URL("services", location.href).pathname);
  if (strip !== null && outcome.kind === "answer") showFleet(strip, fleetOf(outcome.body));
  strip?.classList.toggle("old", outcome.kind !== "answer");
  return outcome.kind === "refused" ? outcome.retryAfterMs : 0;
}

/** The page brings figures with it, so that nothing jumps. */
function showFirst(): void {
  const body: unknown = JSON.parse(document.getElementById("first")?.textContent ?? "null");
  if (isDashboard(body)) show(body);
  tellState();
}

showFirst();
whileVisible(pollFigures, EVERY_MS);
whileVisible(pollFleet, EVERY_MS);
setInterval(tellState, 1_000);
