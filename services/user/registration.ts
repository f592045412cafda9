import { userRegistered } from "../base/events/catalogue/user.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Database } from "../base/postgres/database.ts";
import { Problem, type FieldError } from "../base/problem.ts";
import { type Account, insertAccount, type NewAccount, takenFields } from "./accounts-store.ts";
import { DEMO_USER } from "./demo-user.ts";

/** Names that only the platform itself may bear; compared without letter case. */
const RESERVED = new Set<string>([DEMO_USER.username, "admin", "astratrade", "me", "operator", "root", "support", "system"]);

function taken(fields: { readonly username: boolean; readonly email: boolean }): Problem {
  const errors: FieldError[] = [
    ...(fields.username ? [{ path: "/body/username", message: "is taken; choose another one" }] : []),
    ...(fields.email ? [{ path: "/body/email", message: "has an account already; log in instead" }] : []),
  ];
  return new Problem({ status: 409, code: "account-exists", title: "There is such an account already", errors });
}

/** @throws Problem `account-exists` (409) for a name that only the platform may bear. */
export function requireFreeName(username: string): void {
  if (RESERVED.has(username.toLowerCase())) throw taken({ username: true, email: false });
}

/**
 * Creates the account and publishes `user.registered`, both or neither.
 * @throws Problem `account-exists` (409), which names the field, where username or email is taken.
 */
export function register(database: Database, events: EventPublisher, account: NewAccount): Promise<Account> {
  return database.transaction(async (tx) => {
    const created = await insertAccount(tx, account);
    if (!created) throw taken(await takenFields(tx, account));
    await events.publish(tx, userRegistered, {
      aggregateId: String(created.id),
      data: { userId: created.id, username: created.username },
    });
    return created;
  });
}
