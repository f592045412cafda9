import { forget, remember } from "../person.ts";
import { at, listAt, type Action } from "./action.ts";

const PRICES = { from: 5, to: 250 } as const;

/** Points and places. */
export const gamificationActions: readonly Action[] = [
  {
    name: "leaderboard",
    service: "gamification",
    weight: 4,
    wish: ({ random }) => ({ method: "GET", path: `gamification/leaderboard?period=${random.pick(["all", "daily", "weekly"])}` }),
  },
  {
    name: "profile",
    service: "gamification",
    weight: 5,
    signedIn: true,
    // Made from the event of the registration, which may not have come round yet: then it is a 404, and no failure.
    wish: (person) => ({ method: "GET", path: `gamification/user/${person.userId ?? 0}/profile` }),
  },
];

/** Collected things: earned, offered, bought. */
export const marketActions: readonly Action[] = [
  {
    name: "rewards",
    service: "nft",
    weight: 3,
    signedIn: true,
    wish: (person) => ({
      method: "GET",
      path: "nft/rewards",
      learn: (body) => {
        for (const reward of listAt(body, "rewards")) {
          const id = at(reward, "tokenId");
          if (typeof id === "string" && at(reward, "listingId") === null) remember(person.unlisted, id);
        }
      },
    }),
  },
  {
    name: "offer-nft",
    service: "nft",
    weight: 3,
    signedIn: true,
    possible: (person) => person.unlisted.length > 0,
    wish: (person) => {
      const id = person.random.pick(person.unlisted);
      forget(person.unlisted, id);
      return { method: "POST", path: "nft/listings", body: { token_id: id, price: `${person.random.between(PRICES.from, PRICES.to)}.00` } };
    },
  },
  {
    name: "marketplace",
    service: "nft",
    weight: 3,
    wish: (person) => ({
      method: "GET",
      path: "nft/marketplace?limit=20",
      learn: (body) => {
        for (const listing of listAt(body, "listings")) {
          const id = at(listing, "id");
          if (typeof id === "string" && at(listing, "sellerId") !== person.userId) remember(person.listings, id);
        }
      },
    }),
  },
  {
    name: "buy-nft",
    service: "nft",
    weight: 2,
    signedIn: true,
    possible: (person) => person.listings.length > 0,
    wish: (person) => {
      const id = person.random.pick(person.listings);
      forget(person.listings, id);
      return { method: "POST", path: `nft/listings/${id}/buy` };
    },
  },
];

/** What the company lives on. */
export const subscriptionActions: readonly Action[] = [
  { name: "plans", service: "financial", weight: 1, wish: () => ({ method: "GET", path: "financial/subscriptions/plans" }) },
  {
    name: "subscribe",
    service: "financial",
    weight: 0.4,
    signedIn: true,
    possible: (person) => !person.subscribed,
    wish: (person) => {
      // Whatever the answer: nobody tries again and again.
      person.subscribed = true;
      return { method: "POST", path: "financial/subscriptions", body: { plan: person.random.chance(0.7) ? "plus" : "pro" } };
    },
  },
];
