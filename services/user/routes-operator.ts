import type { FastifyRequest } from "fastify";
import { OPERATOR_HEADER, type OperatorCheck } from "../base/auth/operator.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { changeRole } from "./accounts-store.ts";
import type { KeyRing } from "./key-ring.ts";
import { RoleBody, RoleReply, RotationReply, UserParams } from "./schemas.ts";
import type { Sessions } from "./sessions.ts";
import { endSessions } from "./sessions-store.ts";
import { noSuchUser, SIGNED_IN } from "./views.ts";

interface Parts {
  readonly keys: KeyRing;
  readonly sessions: Sessions;
  readonly operators: OperatorCheck;
}

/**
 * What operators do. The first operator has no token yet: the platform's operator token counts as well. The gateway
 * passes it on to nobody, so that it works only on the service's own port.
 */
export function operatorRoutes(app: ServiceApp, context: ServiceContext, { keys, sessions, operators }: Parts): void {
  const { database, auth, metrics, clock, log } = context;
  const roleChange = metrics.operation("change-role");
  const rotation = metrics.operation("rotate-keys");
  const requireOperator = async (request: FastifyRequest): Promise<void> => {
    if (!operators.isOperator(request.headers[OPERATOR_HEADER])) await auth.requireRole(request, "operator");
  };

  app.put(
    "/:id/role",
    {
      schema: {
        summary: "Give a user a role (operators); its running sessions end",
        tags: ["operators"],
        security: SIGNED_IN,
        params: UserParams,
        body: RoleBody,
        response: { 200: RoleReply },
      },
    },
    (request) =>
      roleChange.run(async () => {
        await requireOperator(request);
        const { id } = request.params;
        const { role } = request.body;
        const ended = await database.transaction(async (tx) => {
          const changed = await changeRole(tx, id, role);
          if (changed === undefined) throw noSuchUser(id);
          // Tokens carry the role: those with the old one must not go on.
          return changed ? endSessions(tx, { userId: id, at: new Date(clock.now()), reason: "role-changed" }) : [];
        });
        await sessions.tell(ended);
        log.info({ userId: id, role }, "role given");
        return { id, role };
      }),
  );

  app.post(
    "/keys/rotate",
    {
      schema: {
        summary: "Replace the key that signs tokens (operators); what the old one signed stays valid",
        tags: ["operators"],
        security: SIGNED_IN,
        response: { 200: RotationReply },
      },
    },
    (request) =>
      rotation.run(async () => {
        await requireOperator(request);
        return { kid: await keys.rotate() };
      }),
  );
}
