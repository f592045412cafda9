import type { Redis } from "ioredis";

/** Channel name -> what to do at a message. */
export type ChannelHandlers = Readonly<Record<string, (message: string) => void>>;

/**
 * Listens to channels on a connection of its own. After a reconnect every handler runs once with an empty message,
 * since nobody knows what was missed.
 */
export function listenToChannels(subscriber: Redis, handlers: ChannelHandlers): void {
  const subscribe = (): void => {
    subscriber.subscribe(...Object.keys(handlers)).then(
      () => {
        for (const handle of Object.values(handlers)) handle("");
      },
      // The connection reports its own loss and comes back here with its next `ready`.
      () => undefined,
    );
  };
  subscriber.on("message", (channel: string, message: string) => handlers[channel]?.(message));
  subscriber.on("ready", subscribe);
  if (subscriber.status === "ready") subscribe();
}
