import { Problem } from "../base/problem.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What a caller hands back to get the page after the entry of this id; nothing to be read into or made up. */
export function encodeCursor(lastId: string): string {
  return Buffer.from(`1:${lastId}`).toString("base64url");
}

/**
 * Id of the last entry that the caller has seen.
 *
 * @throws Problem `invalid-cursor` (400) for anything but a cursor of ours
 */
export function decodeCursor(cursor: string): string {
  const [version, id] = Buffer.from(cursor, "base64url").toString("utf8").split(":");
  if (version === "1" && id !== undefined && UUID.test(id) && encodeCursor(id) === cursor) return id;
  throw new Problem({
    status: 400,
    code: "invalid-cursor",
    title: "Not a cursor",
    errors: [{ path: "/query/cursor", message: "takes the nextCursor of an earlier page, unchanged" }],
  });
}
