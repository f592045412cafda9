import type { FastifyRequest } from "fastify";
import { errors, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { Mode } from "../config.ts";
import { Problem } from "../problem.ts";
import type { Authenticator } from "./authenticator.ts";
import { type Caller, type Role, roleOf } from "./caller.ts";
import type { KeyStore } from "./key-store.ts";
import type { RevokedSessions } from "./revoked-sessions.ts";
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from "./tokens.ts";

/** Believed in mode `dev` only. */
export const USER_HEADER = "x-user-id";

const CLOCK_TOLERANCE_SECONDS = 5;
const REMEMBERED_TOKENS = 5000;

interface Verified {
  readonly caller: Caller;
  readonly expiresAtMs: number;
  readonly generation: number;
}

/** Verifies tokens by the published keys, and remembers the good ones until they expire. */
export class TokenAuthenticator implements Authenticator {
  readonly #keys: Pick<KeyStore, "keys" | "reload" | "generation">;
  readonly #revoked: Pick<RevokedSessions, "has">;
  readonly #mode: Mode;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();

  constructor(parts: {
    readonly keys: Pick<KeyStore, "keys" | "reload" | "generation">;
    readonly revoked: Pick<RevokedSessions, "has">;
    readonly mode: Mode;
    readonly clock: Clock;
  }) {
    this.#keys = parts.keys;
    this.#revoked = parts.revoked;
    this.#mode = parts.mode;
    this.#clock = parts.clock;
  }

  async userOf(request: FastifyRequest): Promise<number | undefined> {
    return (await this.callerOf(request))?.userId;
  }

  async callerOf(request: FastifyRequest): Promise<Caller | undefined> {
    const token = bearerToken(request.headers.authorization);
    if (token !== undefined) return this.#callerOfToken(token);
    const userId = this.#mode === "dev" ? headerUser(request.headers[USER_HEADER]) : undefined;
    return userId === undefined ? undefined : { userId, role: "player" };
  }

  async requireRole(request: FastifyRequest, role: Role): Promise<Caller> {
    const caller = await this.callerOf(request);
    if (caller === undefined) throw authenticationRequired();
    if (caller.role === role) return caller;
    throw new Problem({
      status: 403,
      code: "role-required",
      title: "This is not for every user",
      detail: `It takes a token with the role ${role}.`,
    });
  }

  async requireUser(request: FastifyRequest, bodyUserId?: number): Promise<number> {
    const caller = (await this.userOf(request)) ?? (this.#mode === "dev" ? bodyUserId : undefined);
    if (caller === undefined) throw authenticationRequired();
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

  async #callerOfToken(token: string): Promise<Caller> {
    const known = this.#verified.get(token);
    const holds = known !== undefined && known.generation === this.#keys.generation && known.expiresAtMs > this.#clock.now();
    const verified = holds ? known : await this.#remember(token);
    const { caller } = verified;
    if (caller.sessionId !== undefined && (await this.#revoked.has(caller.sessionId))) throw invalidToken("its session has ended");
    return caller;
  }

  async #remember(token: string): Promise<Verified> {
    const verified = await this.#verify(token, true);
    if (this.#verified.size >= REMEMBERED_TOKENS) this.#verified.clear();
    this.#verified.set(token, verified);
    return verified;
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
      const session = payload["sid"];
      const caller = { userId, role: roleOf(payload["role"]), ...(typeof session === "string" ? { sessionId: session } : {}) };
      return { caller, expiresAtMs: (payload.exp ?? 0) * 1000, generation: this.#keys.generation };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && mayReload && (await this.#keys.reload())) return this.#verify(token, false);
      if (error instanceof errors.JOSEError) throw invalidToken(reasonOf(error), error);
      throw error;
    }
  }
}

function authenticationRequired(): Problem {
  return new Problem({
    status: 401,
    code: "authentication-required",
    title: "Who you are is needed here",
    detail: "Send the token of a log-in as `Authorization: Bearer <token>`.",
  });
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
