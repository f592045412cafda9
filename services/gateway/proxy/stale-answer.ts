import { answerFields } from "./headers.ts";
import type { ProxyCall } from "./proxy-call.ts";
import type { RecentAnswer } from "./recent-answers.ts";

/** Says how old an answer is that stands in for one that the service could not give; seconds. */
export const STALE_HEADER = "x-astra-stale";
/** Code of the problem that the caller would have got instead. */
export const STALE_REASON_HEADER = "x-astra-stale-reason";

/** Gives a caller the last good answer instead of a problem, marked as what it is. */
export function answerStale(call: ProxyCall, answer: RecentAnswer, reason: string): void {
  const ageSeconds = String(Math.max(1, Math.ceil(answer.ageMs / 1000)));
  const marks = { age: ageSeconds, warning: '110 - "Response is Stale"', [STALE_HEADER]: ageSeconds, [STALE_REASON_HEADER]: reason };
  call.response.writeHead(200, answerFields(answer.fields, { ...call.ownHeaders, ...marks }) as string[]);
  call.response.end(answer.body);
}
