import type { Redis } from "ioredis";
import { eventDomains } from "../../services/base/events/catalogue/catalogue.ts";
import { listDeadLetters } from "../../services/base/events/dead-letters.ts";
import { streamOf } from "../../services/base/events/keys.ts";
import { STREAM_START, type StreamId } from "../../services/base/events/stream-id.ts";
import { infoValue, type GroupAnswers, type InfoRow, type LetterSummary, type StreamAnswers } from "./report.ts";

const PAGE = 500;

/** Rows of the groups of a stream; none where there is no such stream yet. */
async function groupRows(redis: Redis, stream: string): Promise<readonly InfoRow[]> {
  return (await redis.xinfo("GROUPS", stream).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes("no such key")) return [];
    throw error;
  })) as InfoRow[];
}

async function groupAnswers(redis: Redis, stream: string, info: InfoRow): Promise<GroupAnswers> {
  const group = String(infoValue(info, "name"));
  const delivered = String(infoValue(info, "last-delivered-id") ?? STREAM_START);
  const [pending, consumers, [next]] = await Promise.all([
    redis.xpending(stream, group),
    redis.xinfo("CONSUMERS", stream, group),
    redis.xrange(stream, `(${delivered}`, "+", "COUNT", 1),
  ]);
  return { info, pending: pending as [number, StreamId | null], consumers: consumers as InfoRow[], next: next?.[0] };
}

async function askStream(redis: Redis, stream: string): Promise<StreamAnswers> {
  const rows = await groupRows(redis, stream);
  return { stream, groups: await Promise.all(rows.map((info) => groupAnswers(redis, stream, info))) };
}

/** What Redis knows of every group on the streams of the catalogue's domains. */
export async function askStreams(redis: Redis): Promise<readonly StreamAnswers[]> {
  return await Promise.all(eventDomains.map((domain) => askStream(redis, streamOf(domain))));
}

/** Every dead letter, oldest first; the stream holds about 10,000 at most. */
export async function allLetters(redis: Redis): Promise<readonly LetterSummary[]> {
  const letters: LetterSummary[] = [];
  for (;;) {
    const page = await listDeadLetters(redis, PAGE, letters.at(-1)?.id);
    letters.push(
      ...page.map(({ id, group, stream, type, correlationId, deliveries, error, at }) => ({ id, group, stream, type, correlationId, deliveries, error, at })),
    );
    if (page.length < PAGE) return letters;
  }
}

/** Redis' clock, ms since 1970. */
export async function redisTimeMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
