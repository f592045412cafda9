import type { Person } from "../person.ts";
import { at, type Action } from "./action.ts";

/** Keeps the tokens that an answer holds. */
function takeTokens(person: Person, body: unknown): void {
  const [token, refreshToken, expiresAt] = [at(body, "token"), at(body, "refreshToken"), at(body, "expiresAt")];
  if (typeof token !== "string" || typeof refreshToken !== "string" || typeof expiresAt !== "string") return;
  person.session = { token, refreshToken, expiresAtMs: Date.parse(expiresAt) };
  person.returns = false;
}

/** The first thing that anybody does with the game, beside looking. */
export const register: Action = {
  name: "register",
  service: "users",
  weight: 1,
  hashes: true,
  wish: (person) => ({
    method: "POST",
    path: "users/register",
    body: { username: person.name, email: `${person.name}@example.com`, password: person.password },
    learn: (body) => {
      const userId = at(body, "user", "id");
      if (typeof userId === "number") person.userId = userId;
      takeTokens(person, body);
    },
  }),
};

export const login: Action = {
  name: "log-in",
  service: "users",
  weight: 1,
  hashes: true,
  wish: (person) => ({
    method: "POST",
    path: "users/login",
    body: { username: person.name, password: person.password },
    learn: (body) => takeTokens(person, body),
  }),
};

/** What an app does when it is opened again: new tokens without a password. */
export const refresh: Action = {
  name: "refresh",
  service: "users",
  weight: 1,
  wish: (person) => ({
    method: "POST",
    path: "users/refresh",
    body: { refreshToken: person.session?.refreshToken ?? "" },
    learn: (body) => takeTokens(person, body),
    unlearn: () => void (person.session = undefined),
  }),
};

/** What is done with one's own account now and then. */
export const accountActions: readonly Action[] = [
  {
    name: "own-profile",
    service: "users",
    weight: 2,
    signedIn: true,
    wish: () => ({ method: "GET", path: "users/me" }),
  },
  {
    name: "log-out",
    service: "users",
    weight: 0.5,
    signedIn: true,
    wish: (person) => ({
      method: "POST",
      path: "users/logout",
      learn: () => {
        person.session = undefined;
        person.returns = true;
      },
    }),
  },
];
