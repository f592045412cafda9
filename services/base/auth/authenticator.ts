import type { FastifyRequest } from "fastify";
import type { Caller, Role } from "./caller.ts";

/** Who is calling. A token is believed everywhere; `X-User-ID` and a body's `user_id` in mode `dev` only. */
export interface Authenticator {
  /**
   * User id of the caller; absent where the request names nobody.
   * @throws Problem `invalid-token` (401) for a token that does not hold.
   */
  userOf(request: FastifyRequest): Promise<number | undefined>;
  /**
   * The caller with role and session; absent where the request names nobody. Whoever comes without a token is a player.
   * @throws Problem `invalid-token` (401) for a token that does not hold.
   */
  callerOf(request: FastifyRequest): Promise<Caller | undefined>;
  /**
   * User id of the caller, who has to be somebody.
   * @param request The request.
   * @param bodyUserId The `user_id` of the body, where it has one.
   * @throws Problem `authentication-required` (401) where nobody is named, `user-mismatch` (403) where the body's
   * `user_id` is another than the caller's.
   */
  requireUser(request: FastifyRequest, bodyUserId?: number): Promise<number>;
  /**
   * The caller, who has to come with a token of this role.
   * @throws Problem `authentication-required` (401) where nobody is named, `role-required` (403) for another role.
   */
  requireRole(request: FastifyRequest, role: Role): Promise<Caller>;
}
