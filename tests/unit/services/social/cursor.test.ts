import { describe, expect, it } from "vitest";
import { Problem } from "../../../../services/base/problem.ts";
import { decodeCursor, encodeCursor } from "../../../../services/social/cursor.ts";

const id = "019aa5d2-7c00-7000-8000-0000000000ff";

function refusal(cursor: string): Problem {
  try {
    decodeCursor(cursor);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error(`"${cursor}" was taken for a cursor`);
}

describe("R-SVC-1 feed cursor", () => {
  it("leads back to the entry that it was made of", () => {
    expect(decodeCursor(encodeCursor(id))).toBe(id);
  });

  it("needs no escaping in a URL", () => {
    expect(encodeCursor(id)).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ["nothing", ""],
    ["an id in clear", id],
    ["another version", Buffer.from(`2:${id}`).toString("base64url")],
    ["no id", Buffer.from("1:").toString("base64url")],
    ["SQL in place of an id", Buffer.from("1:' OR 1=1").toString("base64url")],
    ["a cursor with something behind it", `${encodeCursor(id)}==`],
  ])("R-SVC-4 refuses %s and names the field", (_, cursor) => {
    const problem = refusal(cursor);
    expect(problem.status).toBe(400);
    expect(problem.code).toBe("invalid-cursor");
    expect(problem.errors?.[0]?.path).toBe("/query/cursor");
  });
});
