import { UserError } from "../host/user-error.ts";
import type { EventsReport } from "./report.ts";

/**
 * Streams that a retired group is removed from.
 * @throws UserError for a group of the catalogue, one that is not there, and one that somebody reads for.
 */
export function planRemoval({ groups }: EventsReport, group: string): readonly string[] {
  const found = groups.find((one) => one.group === group);
  if (found === undefined) throw new UserError(`There is no consumer group "${group}" on any stream. Those there are: ./astra events`);
  if (found.state !== "retired")
    throw new UserError(`Consumer group ${group} is one that this release runs: removed, it would begin again with the oldest event that is kept. Only retired groups are removed.`);
  if (found.activeConsumers > 0)
    throw new UserError(`Consumer group ${group} was read within the last minute: another version of the platform runs it.\nTake that colour down first (./astra down blue|green), wait a minute, and try again.`);
  return found.streams;
}
