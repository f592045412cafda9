import type { FastifyRequest } from "fastify";
import { errors, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { Mode } from "../config.ts";
import { Problem } from "../problem.ts";
import type { Authenticator } from "./authenticator.ts";
import type { KeyStore } from "./key-store.ts";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "./tokens.ts";

/** Believed in mode `dev` only. */
export const USER_HEADER = "x-user-id";

const CLOCK_TOLERANCE_SECONDS = 5;
const REMEMBERED_TOKENS = 5000;

interface Verified {
  readonly userId: number;
  readonly expiresAtMs: number;
  readonly generation: number;
}

/** Verifies tokens by the published keys, and remembers the good ones until they expire. */
export class TokenAuthenticator implements Authenticator {
  readonly #keys: KeyStore;
  readonly #mode: Mode;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();

  constructor(keys: KeyStore, mode: Mode, clock: Clock) {
    this.#keys = keys;
    this.#mode = mode;
    this.#clock = clock;
  }

  async userOf(request: FastifyRequest): Promise<number | undefined> {
    const token = bearerToken(request.headers.authorization);
    if (token !== undefined) return this.#userOfToken(token);
    return this.#mode === "dev" ? headerUser(request.headers[USER_HEADER]) : undefined;
  }

  async requireUser(request: FastifyRequest, bodyUserId?: number): Promise<number> {
    const caller = (await this.userOf(request)) ?? (this.#mode === "dev" ? bodyUserId : undefined);
    if (caller === undefined) {
      throw new Problem({
        status: 401,
        code: "authentication-required",
        title: "Who you are is needed here",
        detail: "Send the token of a log-in as `Authorization: Bearer <token>`.",
      });
    }
    if (bodyUserId !== undefined && bodyUserId !== caller) {
      throw new Problem({
        status: 403,
        code: "user-mismatch",
        title: "This is another user's",
        detail: "The body's user_id is not the caller's.",
        errors: [{ path: "/body/user_id", message: "has to be the caller's own id" }],
      });
    }
    return caller;
  }

  async #userOfToken(token: string): Promise<number> {
    const known = this.#verified.get(token);
    if (known !== undefined && known.generation === this.#keys.generation && known.expiresAtMs > this.#clock.now()) return known.userId;
    const verified = await this.#verify(token, true);
    if (this.#verified.size >= REMEMBERED_TOKENS) this.#verified.clear();
    this.#verified.set(token, verified);
    return verified.userId;
  }

  async #verify(token: string, mayReload: boolean): Promise<Verified> {
    const keys = await this.#keys.keys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: TOKEN_ISSUER,
        algorithms: [TOKEN_ALGORITHM],
        requiredClaims: ["sub", "exp"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.#clock.now()),
      });
      const userId = parseUserId(payload.sub ?? "");
      if (userId === undefined) throw invalidToken("it names no user");
      return { userId, expiresAtMs: (payload.exp ?? 0) * 1000, generation: this.#keys.generation };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && mayReload && (await this.#keys.reload())) return this.#verify(token, false);
      if (error instanceof errors.JOSEError) throw invalidToken(reasonOf(error), error);
      throw error;
    }
  }
}

function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header);
  if (match?.[1] === undefined) throw invalidToken("the header is not `Bearer <token>`");
  return match[1];
}

function headerUser(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const userId = typeof header === "string" ? parseUserId(header) : undefined;
  if (userId !== undefined) return userId;
  throw new Problem({
    status: 400,
    code: "invalid-user-id",
    title: "Not a user id",
    errors: [{ path: "/headers/x-user-id", message: "takes one whole number from 1" }],
  });
}

function parseUserId(text: string): number | undefined {
  const value = Number(text);
  return /^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWKSNoMatchingKey) return "its key is not known";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature does not hold";
  return "it is not a token of this platform";
}

function invalidToken(reason: string, cause?: unknown): Problem {
  return new Problem({ status: 401, code: "invalid-token", title: "The token does not hold", detail: `Token refused: ${reason}.`, cause });
}
