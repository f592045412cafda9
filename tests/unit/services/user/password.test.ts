import { describe, expect, it } from "vitest";
import { hashPassword, PASSWORD_COST, verifyPassword } from "../../../../services/user/password.ts";

const cheap = { memoryKib: 64, passes: 1, parallelism: 1 };

describe("password hashing (R-SVC-1)", () => {
  it("costs what OWASP asks of argon2id: 19 MiB, two passes, one lane", () => {
    expect(PASSWORD_COST).toEqual({ memoryKib: 19 * 1024, passes: 2, parallelism: 1 });
  });

  it("writes the algorithm and its cost into the hash", async () => {
    expect(await hashPassword("correct horse", cheap)).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[^$=]{22}\$[^$=]{43}$/);
  });

  it("accepts the right password and no other", async () => {
    const hash = await hashPassword("correct horse", cheap);
    expect(await verifyPassword("correct horse", hash)).toBe(true);
    expect(await verifyPassword("correct Horse", hash)).toBe(false);
    expect(await verifyPassword("", hash)).toBe(false);
  });

  it("gives two users with the same password different hashes", async () => {
    expect(await hashPassword("same", cheap)).not.toBe(await hashPassword("same", cheap));
  });

  it("takes a composed and a decomposed letter for the same password", async () => {
    expect(await verifyPassword("cafe\u0301", await hashPassword("caf\u00e9", cheap))).toBe(true);
  });

  it("says that a stored hash is damaged instead of refusing the password", async () => {
    await expect(verifyPassword("x", "$2b$10$bcrypt")).rejects.toThrow("stored password hash is not argon2id in PHC form");
  });
});
