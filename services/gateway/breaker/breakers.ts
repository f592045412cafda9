import type { Clock } from "../../base/clock.ts";
import type { Colour } from "../../base/config.ts";
import type { BreakerTuning } from "../tuning.ts";
import { Circuit } from "./circuit.ts";

const COLOURS: readonly Colour[] = ["blue", "green"];

/** One circuit for each service and colour: a bad release must not take the good one with it. */
export class Breakers {
  readonly #circuits = new Map<string, Readonly<Record<Colour, Circuit>>>();

  constructor(services: readonly string[], clock: Clock, tuning: BreakerTuning) {
    for (const service of services) {
      this.#circuits.set(service, { blue: new Circuit(`${service} blue`, clock, tuning), green: new Circuit(`${service} green`, clock, tuning) });
    }
  }

  /** @throws RangeError for a service that the gateway does not lead to. */
  of(service: string, colour: Colour): Circuit {
    const circuits = this.#circuits.get(service);
    if (circuits === undefined) throw new RangeError(`no breaker for service ${service}`);
    return circuits[colour];
  }

  /** Seconds after which the first open circuit of a service tries again. */
  retryAfterSeconds(service: string): number {
    const waits = COLOURS.map((colour) => this.of(service, colour))
      .filter((circuit) => circuit.state !== "closed")
      .map((circuit) => circuit.retryAfterSeconds);
    return waits.length === 0 ? 1 : Math.min(...waits);
  }

  /**
   * Closes the circuits of colours that get no requests: without any, one that has opened would stay half-open for ever,
   * and the next release of that colour would begin with the failures of the last one.
   */
  resetUnused(isUsed: (service: string, colour: Colour) => boolean): void {
    for (const [service, circuits] of this.#circuits) {
      for (const colour of COLOURS) if (!isUsed(service, colour)) circuits[colour].reset();
    }
  }

  /** Ends all timers. */
  stop(): void {
    for (const { blue, green } of this.#circuits.values()) {
      blue.stop();
      green.stop();
    }
  }
}
