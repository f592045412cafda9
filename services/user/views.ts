import type { Caller } from "../base/auth/caller.ts";
import { Problem } from "../base/problem.ts";
import type { Account } from "./accounts-store.ts";
import type { Activity } from "./activity-store.ts";

/** Marks a route in the API document as one that asks who is calling. */
export const SIGNED_IN = [{ token: [] }];

export function activityView(activity: Activity) {
  return { ...activity, lastSeenAt: activity.lastSeenAt?.toISOString() ?? null };
}

/** What the owner sees of an account. */
export function ownView(account: Account) {
  const { id, username, displayName, bio, email, role, visibility } = account;
  return { id, username, displayName, bio, createdAt: account.createdAt.toISOString(), email, role, visibility };
}

/** Whether a profile is shown to a caller beyond its name. */
export function mayRead(account: Account, caller: Caller | undefined): boolean {
  return account.visibility === "public" || caller?.userId === account.id || caller?.role === "operator";
}

/** What others see of an account; without `activity`, since it is private, only the name. */
export function profileView(account: Account, activity: Activity | undefined) {
  const { id, username, displayName, bio, visibility } = account;
  const named = { id, username, visibility, createdAt: account.createdAt.toISOString() };
  if (activity === undefined) return { ...named, displayName: null, bio: null, activity: null };
  return { ...named, displayName, bio, activity: activityView(activity) };
}

export function noSuchUser(id: number): Problem {
  return new Problem({
    status: 404,
    code: "user-not-found",
    title: "There is no such user",
    errors: [{ path: "/params/id", message: `no user has the id ${id}` }],
  });
}
