import { catalogue as wholeCatalogue } from "./catalogue/catalogue.ts";
import type { ConsumerGroup, Handler } from "./consumer-group.ts";
import { domainOf, type EventDefinition } from "./define.ts";
import type { EventEnvelope } from "./envelope.ts";
import { streamOf } from "./keys.ts";
import { checkData, EventSchemaError } from "./schema-check.ts";

interface Interest {
  /** Whether the group wants events of this type, in whatever version. */
  readonly wanted: boolean;
  /** Handlers of this type and version, in order. */
  readonly handlers: readonly Handler[];
  /** What such an event has to look like. */
  readonly definition: EventDefinition | undefined;
}

const MAX_REMEMBERED = 1_000;

/** What a group wants of the streams, derived from its handlers. */
export class Subscription {
  /** Streams to read, each once. */
  readonly streams: readonly string[];
  readonly #handlers: readonly Handler[];
  readonly #catalogue: readonly EventDefinition[];
  /** By type, then by version. */
  readonly #interests = new Map<string, Map<number, Interest>>();
  #remembered = 0;

  constructor(group: ConsumerGroup, catalogue: readonly EventDefinition[] = wholeCatalogue) {
    this.#handlers = group.handlers;
    this.#catalogue = catalogue;
    const domains = group.handlers.flatMap(({ subject }) => {
      if (subject === "*") return catalogue.map((definition) => definition.domain);
      return [typeof subject === "string" ? domainOf(subject) : subject.domain];
    });
    this.streams = [...new Set(domains)].map(streamOf);
  }

  /**
   * Handlers of the group that this event is for, in order; none for an event that the group has no interest in.
   *
   * @throws EventSchemaError the group wants the event but cannot read it: wrong data, or a version it does not know
   */
  handlersOf(event: EventEnvelope): readonly Handler[] {
    const { wanted, handlers, definition } = this.#interestIn(event);
    if (!wanted) return [];
    if (definition === undefined) {
      throw new EventSchemaError(`${event.type} v${event.version} is a version that this release does not know`);
    }
    checkData(definition, event.data);
    return handlers;
  }

  /** The same for every event of a type and version, and asked for each of them. */
  #interestIn(event: EventEnvelope): Interest {
    const known = this.#interests.get(event.type)?.get(event.version);
    if (known) return known;
    const ofType = this.#handlers.filter((handler) => this.#wants(handler, event.type));
    const handlers = ofType.filter(({ subject }) => typeof subject === "string" || subject.version === event.version);
    const interest = { wanted: ofType.length > 0, handlers, definition: ofType.length === 0 ? undefined : this.#definitionOf(event) };
    // Types and versions of anybody's making come in here: what is remembered has a bound.
    if (this.#remembered >= MAX_REMEMBERED) return interest;
    this.#remembered += 1;
    const versions = this.#interests.get(event.type) ?? new Map<number, Interest>();
    this.#interests.set(event.type, versions.set(event.version, interest));
    return interest;
  }

  /** Whether the group has an interest in events of this type, in whatever version. */
  wants(type: string): boolean {
    return this.#handlers.some((handler) => this.#wants(handler, type));
  }

  #wants({ subject }: Handler, type: string): boolean {
    if (typeof subject !== "string") return subject.type === type;
    if (subject !== "*" && !type.startsWith(subject.slice(0, -1))) return false;
    return this.#catalogue.some((definition) => definition.type === type);
  }

  /** A handler's own definition first: it is what the handler was written against. */
  #definitionOf(event: EventEnvelope): EventDefinition | undefined {
    const own = this.#handlers.flatMap(({ subject }) => (typeof subject === "string" ? [] : [subject]));
    const byPattern = this.#handlers.some(({ subject }) => typeof subject === "string") ? this.#catalogue : [];
    return [...own, ...byPattern].find(({ type, version }) => type === event.type && version === event.version);
  }
}
