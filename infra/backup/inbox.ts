/**
 * The inbox forgets events after three days, by the clock. In a restored platform the relays may deliver events again
 * that were handled before the backup, however old it is: so their rows count as new.
 *
 * These are all events that some group had not handled when Redis was read: what stands in the outbox and not below the
 * settled mark, and what was handled since. An hour more covers a consumer that died between its commit and its
 * acknowledgement.
 *
 * @param tables Every table, as `schema.table`
 * @param redisAt ISO 8601
 * @returns one statement for each schema with an inbox
 */
export function keepHandledEvents(tables: readonly string[], redisAt: string): readonly string[] {
  const schemasWith = (table: string): readonly string[] => tables.filter((each) => each.endsWith(`.${table}`)).map((each) => each.slice(0, each.indexOf(".")));
  const id = (column: string): string => `(split_part(${column}, '-', 1)::bigint, split_part(${column}, '-', 2)::bigint)`;
  const streams = new Set(schemasWith("event_stream"));
  const unsettled = schemasWith("outbox")
    .filter((schema) => streams.has(schema))
    .map(
      (schema) =>
        `SELECT o.event_id FROM "${schema}".outbox o LEFT JOIN "${schema}".event_stream s ON true
          WHERE o.sent_at IS NULL OR s.settled_id IS NULL OR ${id("o.stream_id")} >= ${id("s.settled_id")}`,
    );
  if (unsettled.length === 0) return [];
  return schemasWith("inbox").map(
    (schema) =>
      `UPDATE "${schema}".inbox SET handled_at = clock_timestamp()
        WHERE handled_at >= '${redisAt}'::timestamptz - interval '1 hour' OR event_id IN (${unsettled.join(" UNION ALL ")})`,
  );
}
