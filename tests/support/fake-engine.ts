import type { ContainerFacts, Engine, EngineEvent, Usage } from "../../infra/agent/engine/engine.ts";
import type { Clock } from "../../services/base/clock.ts";

/** A running, healthy container of environment `test`. */
export function containerFacts(name: string, changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: `id-${name}`,
    name,
    environment: "test",
    workload: name,
    colour: "",
    version: "v1",
    image: `astratrade/${name}:v1`,
    state: "running",
    health: "healthy",
    restarts: 0,
    startedAtSeconds: 1000,
    memoryLimitBytes: 536_870_912,
    cpuQuotaMicroseconds: 50_000,
    cpuPeriodMicroseconds: 100_000,
    ...changes,
  };
}

export const someUsage: Usage = {
  memoryBytes: 3000,
  workingSetBytes: 2000,
  cpuSeconds: 1.5,
  cfsPeriods: 10,
  cfsThrottledPeriods: 2,
  cfsThrottledSeconds: 0.25,
  networks: [{ interface: "eth0", receivedBytes: 11, sentBytes: 22 }],
};

export class FakeClock implements Clock {
  ms = 1_000_000;

  now(): number {
    return this.ms;
  }

  passSeconds(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

/** An engine in memory. Its event stream ends when it has told what `queued` holds. */
export class FakeEngine implements Engine {
  readonly containers = new Map<string, ContainerFacts>();
  readonly restarted: string[] = [];
  readonly askedSince: number[] = [];
  queued: EngineEvent[] = [];
  /** Set: every question fails with it. */
  failure: Error | undefined;

  put(...facts: readonly ContainerFacts[]): void {
    for (const one of facts) this.containers.set(one.id, one);
  }

  list(): Promise<readonly string[]> {
    return this.#answer([...this.containers.keys()]);
  }

  inspect(id: string): Promise<ContainerFacts | undefined> {
    return this.#answer(this.containers.get(id));
  }

  usage(): Promise<Usage | undefined> {
    return this.#answer(someUsage);
  }

  restart(id: string): Promise<void> {
    this.restarted.push(id);
    return this.#answer(undefined);
  }

  async *events(sinceSeconds: number): AsyncGenerator<EngineEvent> {
    this.askedSince.push(sinceSeconds);
    for (const event of this.queued) yield await this.#answer(event);
  }

  #answer<T>(value: T): Promise<T> {
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(value);
  }
}

/** A logger that keeps messages. */
export function memoryLog(): { readonly lines: string[]; readonly write: (line: string) => void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) };
}
