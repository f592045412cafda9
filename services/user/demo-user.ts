import type { Database } from "../base/postgres/database.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import { insertAccount } from "./accounts-store.ts";

/** The user of mode `dev`. Without a password: nobody can log in to it where tokens are asked for. */
export const DEMO_USER = { id: 123, username: "demo", email: "demo@astratrade.example" } as const;

/** Creates the demo user and says so to the other domains, the first time only. Whether it was made now. */
export function seedDemoUser(database: Database, events: EventPublisher): Promise<boolean> {
  return database.transaction(async (tx) => {
    const account = await insertAccount(tx, { ...DEMO_USER, passwordHash: null });
    if (!account) return false;
    await events.publish(tx, userRegistered, {
      aggregateId: String(account.id),
      data: { userId: account.id, username: account.username },
    });
    return true;
  });
}
