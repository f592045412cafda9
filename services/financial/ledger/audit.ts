import { Decimal } from "decimal.js";
import type { Gauge } from "prom-client";
import { LEDGER_CHECKED_AT, LEDGER_IMBALANCE } from "../../base/metrics-contract/business.ts";
import { registerGauge } from "../../base/metrics-contract/register.ts";
import type { ServiceContext } from "../../base/service.ts";
import { PLATFORM_CURRENCY } from "../currency.ts";
import { auditedSums } from "./store-audit.ts";

/** The database itself refuses what does not balance; this tells when it ever failed to. */
const AUDIT_EVERY_MS = 60_000;

type AuditContext = Pick<ServiceContext, "database" | "clock" | "log" | "metrics">;

/** Adds the ledger up, currency by currency, and shows what should be 0. A failure is logged, never thrown. */
export class LedgerAudit {
  readonly #context: AuditContext;
  readonly #imbalance: Gauge<"currency">;
  readonly #checkedAt: Gauge;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(context: AuditContext) {
    this.#context = context;
    const { registry } = context.metrics;
    this.#imbalance = registerGauge(LEDGER_IMBALANCE, registry);
    this.#imbalance.set({ currency: PLATFORM_CURRENCY }, 0);
    this.#checkedAt = registerGauge(LEDGER_CHECKED_AT, registry);
  }

  /** Audits now and then every minute until `stop`. */
  async start(): Promise<void> {
    await this.audit();
    this.#timer ??= setInterval(() => void this.audit(), AUDIT_EVERY_MS);
    this.#timer.unref();
  }

  /** Ends the audits; one that is under way is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Audits now. One that is still under way counts as this one. */
  audit(): Promise<void> {
    this.#running ??= this.#audit().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #audit(): Promise<void> {
    const { database, clock, log } = this.#context;
    try {
      for (const { currency, sum } of await auditedSums(database, new Date(clock.now()))) {
        this.#imbalance.set({ currency }, Number(sum));
        if (!new Decimal(sum).isZero()) log.error({ currency, sum }, "the ledger does not balance");
      }
      this.#checkedAt.set(clock.now() / 1000);
    } catch (error) {
      log.warn({ err: error }, "the ledger could not be audited");
    }
  }
}
