import { correlationIdOf } from "../../services/base/correlation.ts";
import { xpAwarded } from "../../services/base/events/catalogue/gamification.ts";
import { nftListed } from "../../services/base/events/catalogue/nft.ts";
import { postCreated } from "../../services/base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../services/base/events/catalogue/user.ts";
import type { EventDefinition } from "../../services/base/events/define.ts";
import type { EventEnvelope } from "../../services/base/events/envelope.ts";
import { Subscription } from "../../services/base/events/subscription.ts";
import type { ConsumerGroup } from "../../services/base/events/consumer-group.ts";

const USERS = 5_000;

/** As the platform makes its correlation ids: making events is not what is measured. */
const newId = (): string => correlationIdOf(undefined);

const userOf = (n: number): number => 1000 + ((n * 7919) % USERS);

/** Data of a trade, as trading publishes it. */
export function tradeData(n: number) {
  return {
    tradeId: newId(), userId: userOf(n), symbol: "BTC/USD", direction: "LONG" as const, amount: "250.00", price: "64000.12",
    quantity: "0.00390624", fee: "0.25", positionId: newId(),
  };
}

/** Kinds of events in 20, as play makes them: mostly trades and the points for them. */
const KINDS: readonly { readonly parts: number; readonly definition: EventDefinition; readonly data: (n: number) => unknown }[] = [
  { parts: 10, definition: tradeExecuted, data: tradeData },
  { parts: 2, definition: positionClosed, data: (n) => ({ ...tradeData(n), profit: "1.50" }) },
  { parts: 5, definition: xpAwarded, data: (n) => ({ userId: userOf(n), xp: 12, totalXp: 120 + n, reason: "trade-executed" }) },
  { parts: 1, definition: postCreated, data: (n) => ({ postId: newId(), userId: userOf(n), text: "to the moon" }) },
  { parts: 1, definition: nftListed, data: (n) => ({ listingId: newId(), tokenId: newId(), sellerId: userOf(n), price: "10.00" }) },
  { parts: 1, definition: userRegistered, data: (n) => ({ userId: userOf(n), username: `player${n}` }) },
];

const SLOTS = KINDS.flatMap((kind) => Array.from({ length: kind.parts }, () => kind));

/** The n-th event of the mix. */
export function mixedEvent(n: number): { readonly domain: string; readonly envelope: EventEnvelope } {
  const kind = SLOTS[(n * 7) % SLOTS.length];
  if (kind === undefined) throw new Error("the mix is empty");
  const { definition, data } = kind;
  return {
    domain: definition.domain,
    envelope: {
      id: newId(), type: definition.type, version: definition.version, aggregateId: String(userOf(n)),
      occurredAt: new Date().toISOString(), correlationId: newId(),
      producer: { service: definition.domain, colour: "blue", version: "bench" }, data: data(n),
    },
  };
}

/** Texts of events but for their id and time: relays get them ready made from the outbox, so making them is no part of the bus. */
export class PreparedEvents {
  readonly #events: readonly { readonly domain: string; readonly parts: readonly string[] }[];

  constructor(count: number) {
    this.#events = Array.from({ length: count }, (_, n) => {
      const { domain, envelope } = mixedEvent(n);
      const [beforeId = "", afterId = ""] = JSON.stringify(envelope).split(envelope.id);
      return { domain, parts: [beforeId, ...afterId.split(envelope.occurredAt)] };
    });
  }

  /** The n-th event of the mix, with an id of its own. */
  text(n: number, occurredAt: string): { readonly domain: string; readonly text: string } {
    const event = this.#events[n % this.#events.length];
    if (event === undefined) throw new Error("no event is prepared");
    const [beforeId = "", afterId = "", afterTime = ""] = event.parts;
    return { domain: event.domain, text: `${beforeId}${newId()}${afterId}${occurredAt}${afterTime}` };
  }
}

/** Deliveries that have an effect in some group, for each event of the mix on average. */
export function fanOut(groups: readonly ConsumerGroup[]): number {
  const subscriptions = groups.map((group) => new Subscription(group));
  const wanted = SLOTS.map((_, n) => subscriptions.filter((one) => one.handlersOf(mixedEvent(n).envelope).length > 0).length);
  return wanted.reduce((sum, count) => sum + count, 0) / SLOTS.length;
}
