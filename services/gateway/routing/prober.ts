import type { SeenInstance } from "../../base/registry/view.ts";
import type { InstanceHealth } from "./instance-health.ts";

const LOOK_EVERY_MS = 250;

export interface ProberParts {
  readonly health: InstanceHealth;
  known(): readonly SeenInstance[];
  /** Whether an instance is ready. Takes no longer than a second or so, and never rejects. */
  ask(instance: SeenInstance): Promise<boolean>;
}

/** Asks the instances that were taken out whether they are well again, so that no user's request has to find out. */
export class Prober {
  readonly #parts: ProberParts;
  readonly #underWay = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ProberParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Asks everyone whose time has come. */
  async look(): Promise<void> {
    const { health, known, ask } = this.#parts;
    health.retain(known());
    const due = health.due().filter(({ instance }) => !this.#underWay.has(instance));
    await Promise.all(
      due.map(async (instance) => {
        this.#underWay.add(instance.instance);
        health.probed(instance, await ask(instance));
        this.#underWay.delete(instance.instance);
      }),
    );
  }
}
