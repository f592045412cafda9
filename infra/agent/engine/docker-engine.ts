import { LABELS } from "../../platform/labels.ts";
import { EngineError, type ContainerFacts, type Engine, type EngineEvent, type Usage } from "./engine.ts";
import { factsOf, type Inspected } from "./inspected.ts";
import { SocketClient, type SocketAnswer } from "./socket.ts";
import { usageOf, type Stats } from "./stats.ts";

const QUICK_MS = 5_000;
const USAGE_MS = 2_500;
/** Longer than the longest grace period of a workload. */
const RESTART_MS = 120_000;

/** Health checks begin and end a process each few seconds: their events are left out. */
const EVENTS = ["create", "start", "restart", "die", "oom", "pause", "unpause", "destroy", "rename", "update", "health_status"];

/** The fields of an event that are read. */
interface RawEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly time: number;
  readonly timeNano?: number;
}

function eventOf(line: string): EngineEvent {
  const raw = JSON.parse(line) as RawEvent;
  return {
    containerId: raw.Actor.ID,
    containerName: raw.Actor.Attributes?.["name"] ?? "",
    action: raw.Action,
    atSeconds: raw.timeNano === undefined ? raw.time : raw.timeNano / 1e9,
  };
}

function query(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

/**
 * The Docker engine behind a Unix socket, seen through the label of one environment. Paths carry no version: the fields
 * that are read have not changed since Docker 20.10, and engines refuse versions that they find too old.
 */
export class DockerEngine implements Engine {
  readonly #client: SocketClient;
  readonly #filter: readonly string[];

  constructor(socketPath: string, environment: string) {
    this.#client = new SocketClient(socketPath);
    this.#filter = [`${LABELS.environment}=${environment}`];
  }

  async list(): Promise<readonly string[]> {
    const filters = JSON.stringify({ label: this.#filter });
    const path = `/containers/json?${query({ all: "true", filters })}`;
    const answer = this.#ok(path, await this.#client.ask({ path, deadlineMs: QUICK_MS }));
    return (JSON.parse(answer.text) as readonly { readonly Id: string }[]).map((container) => container.Id);
  }

  async inspect(id: string): Promise<ContainerFacts | undefined> {
    const path = `/containers/${id}/json`;
    const answer = await this.#client.ask({ path, deadlineMs: QUICK_MS });
    if (answer.status === 404) return undefined;
    return factsOf(JSON.parse(this.#ok(path, answer).text) as Inspected);
  }

  async usage(id: string): Promise<Usage | undefined> {
    const path = `/containers/${id}/stats?${query({ stream: "false", "one-shot": "true" })}`;
    const answer = await this.#client.ask({ path, deadlineMs: USAGE_MS });
    if (answer.status === 404) return undefined;
    return usageOf(JSON.parse(this.#ok(path, answer).text) as Stats);
  }

  async restart(id: string): Promise<void> {
    // Without `t` the engine takes the container's own grace period.
    const path = `/containers/${id}/restart`;
    this.#ok(path, await this.#client.ask({ method: "POST", path, deadlineMs: RESTART_MS, alone: true }));
  }

  async *events(sinceSeconds: number, signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const filters = JSON.stringify({ type: ["container"], label: this.#filter, event: EVENTS });
    const path = `/events?${query({ since: sinceSeconds.toFixed(6), filters })}`;
    for await (const line of this.#client.lines({ path, signal })) yield eventOf(line);
  }

  close(): void {
    this.#client.close();
  }

  #ok(path: string, answer: SocketAnswer): SocketAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new EngineError(`${path}: the container engine answered ${answer.status}: ${answer.text.trim().slice(0, 300)}`);
  }
}
