import type { Clock } from "../clock.ts";
import type { ServiceConfig } from "../config.ts";
import type { ServiceDeclaration } from "../declaration.ts";
import { askDependency, type DependencyHealth, type DependencyProbe } from "./probe.ts";

/** A burst of callers shares one round of probes. */
const REUSE_MS = 250;

export interface HealthReport {
  /** `degraded`: it serves, but a dependency is away. */
  readonly status: "ok" | "degraded" | "starting" | "draining";
  readonly service: string;
  readonly purpose: string;
  readonly capabilities: readonly string[];
  readonly version: string;
  readonly colour: string;
  readonly instance: string;
  readonly mode: string;
  readonly uptimeSeconds: number;
  readonly dependencies: Readonly<Record<string, DependencyHealth>>;
}

export interface Phase {
  readonly ready: boolean;
  readonly draining: boolean;
}

/** Makes `/health`: who this is, how it does, and each dependency by name. */
export class HealthReporter {
  readonly #declaration: ServiceDeclaration;
  readonly #config: ServiceConfig;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #probes: readonly DependencyProbe[];
  #round: { readonly atMs: number; readonly result: Promise<Readonly<Record<string, DependencyHealth>>> } | undefined;

  constructor(declaration: ServiceDeclaration, config: ServiceConfig, clock: Clock, probes: readonly DependencyProbe[]) {
    this.#declaration = declaration;
    this.#config = config;
    this.#clock = clock;
    this.#startedAtMs = clock.now();
    this.#probes = probes;
  }

  async report(phase: Phase): Promise<HealthReport> {
    const dependencies = await this.#dependencies();
    const allUp = Object.values(dependencies).every((dependency) => dependency.status === "up");
    const serving = allUp ? "ok" : "degraded";
    return {
      status: phase.draining ? "draining" : phase.ready ? serving : "starting",
      service: this.#declaration.name,
      purpose: this.#declaration.purpose,
      capabilities: this.#declaration.capabilities,
      version: this.#config.version,
      colour: this.#config.colour,
      instance: this.#config.instance,
      mode: this.#config.mode,
      uptimeSeconds: Math.round((this.#clock.now() - this.#startedAtMs) / 1000),
      dependencies,
    };
  }

  #dependencies(): Promise<Readonly<Record<string, DependencyHealth>>> {
    const now = this.#clock.now();
    if (this.#round === undefined || now - this.#round.atMs >= REUSE_MS) {
      this.#round = { atMs: now, result: this.#ask() };
    }
    return this.#round.result;
  }

  async #ask(): Promise<Readonly<Record<string, DependencyHealth>>> {
    const answers = await Promise.all(
      this.#probes.map(async (probe) => [probe.name, await askDependency(probe, this.#clock)] as const),
    );
    return Object.fromEntries(answers);
  }
}
