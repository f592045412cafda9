import type { Gauge } from "prom-client";
import { KPI_AGE, KPIS } from "../../base/metrics-contract/business.ts";
import { registerGauge } from "../../base/metrics-contract/register.ts";
import { Problem } from "../../base/problem.ts";
import type { ServiceContext } from "../../base/service.ts";
import { type Kpi, KPI_NAMES, type KpiName, kpisOf } from "./kpi.ts";
import { type UsersBefore, windowTotals } from "./store-kpis.ts";

/** Well under the 10 s that a dashboard's data may be old. */
const REFRESH_MS = 2_000;

interface Snapshot {
  readonly kpis: readonly Kpi[];
  readonly takenAtMs: number;
}

type BoardContext = Pick<ServiceContext, "database" | "clock" | "log" | "metrics">;

/**
 * The KPIs as they stood at the last look at the database, which it takes every 2 seconds: readers, Prometheus
 * among them, cost it nothing. A look that fails leaves the last one standing, and its age tells.
 */
export class KpiBoard {
  readonly #context: BoardContext;
  readonly #gauges: ReadonlyMap<KpiName, Gauge>;
  #snapshot: Snapshot | undefined;
  #usersBefore: UsersBefore | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(context: BoardContext) {
    this.#context = context;
    const { registry } = context.metrics;
    this.#gauges = new Map(KPI_NAMES.map((name) => [name, registerGauge(KPIS[name], registry)]));
    registerGauge(KPI_AGE, registry, (age) => {
      if (this.#snapshot !== undefined) age.set(this.#ageSeconds(this.#snapshot));
    });
  }

  /** Takes a first look and goes on from there until `stop`. */
  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS);
    this.#timer.unref();
  }

  /** Ends the looks; one that is under way is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Looks now. A look that is still under way counts as this one. Failures are logged, never thrown. */
  refresh(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * The KPIs with the age of their data in seconds.
   *
   * @throws Problem `kpis-not-there-yet` (503) before the first look that succeeds
   */
  read(): readonly (Kpi & { readonly ageSeconds: number })[] {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) {
      throw new Problem({
        status: 503,
        code: "kpis-not-there-yet",
        title: "The KPIs are not there yet",
        detail: "The database has not answered since this process started.",
        retryAfterSeconds: 2,
      });
    }
    const ageSeconds = this.#ageSeconds(snapshot);
    return snapshot.kpis.map((kpi) => ({ ...kpi, ageSeconds }));
  }

  #ageSeconds(snapshot: Snapshot): number {
    return Math.max(0, (this.#context.clock.now() - snapshot.takenAtMs) / 1000);
  }

  async #look(): Promise<void> {
    const { database, clock, log } = this.#context;
    const takenAtMs = clock.now();
    try {
      const { current, before, usersBefore } = await windowTotals(database, takenAtMs, this.#usersBefore);
      this.#usersBefore = usersBefore;
      const kpis = kpisOf(current, before);
      this.#snapshot = { kpis, takenAtMs };
      // Prometheus knows floats only; what is exact stands in the answer of /kpis.
      for (const { name, value } of kpis) this.#gauges.get(name)?.set(Number(value));
    } catch (error) {
      log.warn({ err: error }, "KPIs could not be refreshed; the last ones stand");
    }
  }
}
