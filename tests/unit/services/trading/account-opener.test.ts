import { describe, expect, it } from "vitest";
import type { Database } from "../../../../services/base/postgres/database.ts";
import { ensureAccount } from "../../../../services/trading/account-opener.ts";

/** A database that only notes what is asked, and knows the account from the n-th look on. */
function database(knownFromLook = Number.POSITIVE_INFINITY) {
  const inserted: unknown[][] = [];
  let looks = 0;
  const row = { user_id: "5000", tier: "standard", currency: "USD", balance: "1", margin: "0", exposure: "0", open_positions: 0, opened_at: new Date(0) };
  const fake: Database = {
    query: <T>(sql: string, params: unknown[] = []) => {
      if (sql.startsWith("INSERT")) inserted.push(params);
      else looks += 1;
      return Promise.resolve((sql.startsWith("SELECT") && looks >= knownFromLook ? [row] : []) as T[]);
    },
    transaction: () => Promise.reject(new Error("not expected")),
    close: () => Promise.resolve(),
  };
  return { fake, inserted, looks: () => looks };
}

const noWait = () => Promise.resolve();

describe("ensureAccount", () => {
  it("opens the account of who comes with a token", async () => {
    const { fake, inserted } = database();
    await ensureAccount(fake, 5000, "token", noWait);
    expect(inserted).toEqual([[5000, "standard", "100000.00"]]);
  });

  it("opens the demo user's account at the first order", async () => {
    const { fake, inserted } = database();
    await ensureAccount(fake, 123, "word", noWait);
    expect(inserted).toEqual([[123, "demo", "1000000000.00"]]);
  });

  it("waits for the registration of a bare user id", async () => {
    const { fake, inserted, looks } = database(3);
    await ensureAccount(fake, 5000, "word", noWait);
    expect([inserted.length, looks()]).toEqual([0, 3]);
  });

  it("says in the end that nobody has registered under a bare user id", async () => {
    await expect(ensureAccount(database().fake, 5000, "word", noWait)).rejects.toMatchObject({
      status: 404,
      code: "account-not-found",
      errors: [{ path: "/body/user_id", message: "no user 5000 has registered" }],
    });
  });
});
