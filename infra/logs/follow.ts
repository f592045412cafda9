import type { Container } from "../host/containers.ts";
import type { ReadOptions } from "./docker-logs.ts";
import type { LogLine } from "./line.ts";
import { lineParser } from "./parse.ts";
import type { ReorderBuffer } from "./reorder.ts";

/** What following asks the engine; tests give their own. */
export interface LogHost {
  /** Containers of the environment that somebody wants to see. */
  containers(): Promise<readonly Container[]>;
  log(container: string, options: ReadOptions, signal: AbortSignal): AsyncIterable<string>;
  /** Ids of containers of the environment as they start, whether they are wanted or not. */
  starts(signal: AbortSignal): AsyncIterable<string>;
}

/** Up to where each container's log has been read, by container id: the engine's time of its last line. */
export type Positions = Map<string, string>;

/** The lines of one container that come after its position. Moves the position. */
export async function* readOn(
  host: LogHost,
  container: Container,
  options: ReadOptions,
  positions: Positions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const seen = positions.get(container.id);
  const parse = lineParser({ container: container.name, workload: container.workload, ...(container.colour ? { colour: container.colour } : {}) });
  const since = seen ?? options.since;
  for await (const text of host.log(container.name, { ...options, ...(since === undefined ? {} : { since }) }, signal)) {
    const line = parse(text);
    if (line.stamp !== undefined) {
      // The engine's `since` includes the line of that time.
      if (seen !== undefined && line.stamp <= seen) continue;
      positions.set(container.id, line.stamp);
    }
    yield line;
  }
}

export interface FollowRequest {
  readonly positions: Positions;
  /** Containers that were read before, and from when on, should they have no position: ISO 8601. */
  readonly known: readonly Container[];
  readonly since: string;
  readonly wants: (line: LogLine) => boolean;
  /** Told when a container has stopped writing, or has started. */
  readonly onChange: (container: Container, change: "started" | "stopped") => void;
}

/**
 * Puts what containers write from now on into a buffer, until the signal: those that run, those that start again, and
 * those that are made meanwhile.
 */
export async function follow(host: LogHost, request: FollowRequest, buffer: ReorderBuffer, signal: AbortSignal): Promise<void> {
  const following = new Set<string>();
  /** Started while the log of their last run was still being read. */
  const again = new Set<string>();
  const readers: Promise<void>[] = [];

  const read = async (container: Container, since: string | undefined): Promise<void> => {
    let from = since;
    do {
      again.delete(container.id);
      const options = { follow: true, ...(from === undefined ? {} : { since: from }) };
      for await (const line of readOn(host, container, options, request.positions, signal))
        if (request.wants(line)) await buffer.put(line, signal);
      from = undefined;
    } while (again.has(container.id) && !signal.aborted);
    following.delete(container.id);
    if (!signal.aborted) request.onChange(container, "stopped");
  };
  const begin = (container: Container, since?: string): void => {
    following.add(container.id);
    readers.push(read(container, since));
  };

  // Asked for first: a container that starts between the two is in both.
  const starts = host.starts(signal)[Symbol.asyncIterator]();
  let next = starts.next();
  const known = new Set(request.known.map((container) => container.id));
  for (const container of await host.containers())
    if (container.state === "running") begin(container, known.has(container.id) ? request.since : undefined);
  for (let start = await next; start.done !== true && !signal.aborted; start = await next) {
    next = starts.next();
    const id = start.value;
    if (following.has(id)) {
      again.add(id);
      continue;
    }
    const container = (await host.containers()).find((one) => one.id === id);
    if (container === undefined) continue;
    request.onChange(container, "started");
    begin(container);
  }
  await Promise.all(readers);
}
