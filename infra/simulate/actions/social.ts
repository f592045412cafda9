import { type Person, remember, type SeenEntry } from "../person.ts";
import { at, listAt, type Action } from "./action.ts";

const WORDS = ["long", "short", "dip", "moon", "patience", "stop", "green", "red", "breakout", "range", "coffee", "again"] as const;

function sentence({ random }: Person): string {
  return Array.from({ length: random.between(3, 9) }, () => random.pick(WORDS)).join(" ");
}

function see(person: Person, body: unknown): void {
  for (const entry of listAt(body, "entries")) {
    const [id, userId] = [at(entry, "id"), at(entry, "userId")];
    if (typeof id === "string" && typeof userId === "number") remember<SeenEntry>(person.entries, { id, userId }, (other) => other.id === id);
  }
}

const others = (person: Person): readonly SeenEntry[] => person.entries.filter(({ userId }) => userId !== person.userId);

export const socialActions: readonly Action[] = [
  {
    name: "feed",
    service: "social",
    weight: 10,
    wish: (person) => ({ method: "GET", path: "social/feed", learn: (body) => see(person, body) }),
  },
  {
    name: "followed-feed",
    service: "social",
    weight: 4,
    signedIn: true,
    wish: (person) => ({ method: "GET", path: "social/feed?scope=following", learn: (body) => see(person, body) }),
  },
  {
    name: "like",
    service: "social",
    weight: 6,
    signedIn: true,
    possible: (person) => person.entries.length > 0,
    wish: (person) => ({ method: "POST", path: `social/posts/${person.random.pick(person.entries).id}/like` }),
  },
  {
    name: "post",
    service: "social",
    weight: 2,
    signedIn: true,
    wish: (person) => ({ method: "POST", path: "social/posts", body: { text: sentence(person) } }),
  },
  {
    name: "comment",
    service: "social",
    weight: 2,
    signedIn: true,
    possible: (person) => person.entries.length > 0,
    wish: (person) => ({ method: "POST", path: `social/posts/${person.random.pick(person.entries).id}/comments`, body: { text: sentence(person) } }),
  },
  {
    name: "follow",
    service: "social",
    weight: 2,
    signedIn: true,
    possible: (person) => others(person).length > 0,
    wish: (person) => ({ method: "POST", path: `social/follows/${person.random.pick(others(person)).userId}` }),
  },
];
