import { FRONT_WORKLOAD } from "./smoke.ts";
import * as gateway from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION } from "../../services/base/metrics-contract/process.ts";
import { askJson, listWithin, within, type Fetch } from "../monitoring/ask.ts";
import type { Colour } from "../platform/workload.ts";
import type { Measured } from "./judge.ts";

/** Two scrapes and some: Prometheus reads every 5 s, and growth needs two samples. */
export const SHORTEST_WINDOW_SECONDS = 15;

const FAILED = 'outcome=~"server-error|timeout|refused|reset|broken"';

/** PromQL for what a colour of a workload did within the last seconds. */
export function queries(workload: string, colour: Colour, windowSeconds: number): Readonly<Record<keyof Measured, string>> {
  const own = `workload="${workload}",colour="${colour}"`;
  const grown = (series: string): string => `sum(increase(${series}[${windowSeconds}s]))`;
  const p95Seconds = `histogram_quantile(0.95, sum by (le) (increase(${HTTP_DURATION.name}_bucket{${own},route=~"/api/.*"}[${windowSeconds}s])))`;
  // Services are seen by the gateways, which know also of answers that never came; who sees the gateway are its callers.
  if (workload === FRONT_WORKLOAD) {
    const answers = `${HTTP_DURATION.name}_count{${own}`;
    return { requests: grown(`${answers}}`), errors: grown(`${answers},code=~"5.."}`), p95Seconds };
  }
  const tries = `${gateway.UPSTREAM_REQUESTS.name}{upstream="${workload}",upstream_colour="${colour}"`;
  return { requests: grown(`${tries},outcome!="client-gone"}`), errors: grown(`${tries},${FAILED}}`), p95Seconds };
}

/** One number of Prometheus; `null`: there is none. @throws Error where it does not answer. */
async function askNumber(fetch: Fetch, prometheus: string, query: string): Promise<number | null> {
  const asked = await askJson(fetch, `${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  if ("problem" in asked) throw new Error(asked.problem);
  if (asked.value.status !== 200) throw new Error(`Prometheus answers ${asked.value.status}`);
  const [first] = listWithin(asked.value.body, "data", "result");
  const value = Number(within(first, "value", 1));
  return first === undefined || Number.isNaN(value) ? null : value;
}

/** What Prometheus saw of a colour of a workload; undefined: it does not say. */
export async function measure(
  fetch: Fetch,
  prometheus: string,
  workload: string,
  colour: Colour,
  windowSeconds: number,
): Promise<Measured | undefined> {
  const window = Math.max(SHORTEST_WINDOW_SECONDS, Math.ceil(windowSeconds));
  const asked = queries(workload, colour, window);
  try {
    const [requests, errors, p95Seconds] = await Promise.all([
      askNumber(fetch, prometheus, asked.requests),
      askNumber(fetch, prometheus, asked.errors),
      askNumber(fetch, prometheus, asked.p95Seconds),
    ]);
    return { requests: requests ?? 0, errors: errors ?? 0, ...(p95Seconds === null ? {} : { p95Seconds }) };
  } catch {
    return undefined;
  }
}
