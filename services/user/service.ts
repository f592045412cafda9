import { OperatorCheck } from "../base/auth/operator.ts";
import { readSecret } from "../base/config.ts";
import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { user } from "./declaration.ts";
import { seedDemoUser } from "./demo-user.ts";
import { activityGroup } from "./handlers.ts";
import { announceKeys } from "./key-publisher.ts";
import { KeyRing } from "./key-ring.ts";
import { migrations } from "./migrations.ts";
import { Passwords } from "./passwords.ts";
import { RedisUpkeep } from "./redis-upkeep.ts";
import { Revocations } from "./revocations.ts";
import { accessRoutes } from "./routes-access.ts";
import { operatorRoutes } from "./routes-operator.ts";
import { profileRoutes } from "./routes-profiles.ts";
import { Sessions } from "./sessions.ts";
import { forgetOldSessions } from "./sessions-store.ts";

const DAY_MS = 24 * 3_600_000;
/** A refresh token that comes again after this long is unknown, and no longer a sign of theft. */
const REMEMBER_USED_TOKENS_MS = 7 * DAY_MS;
const TIDY_EVERY_MS = 3_600_000;

interface Parts {
  readonly keys: KeyRing;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly operators: OperatorCheck;
  readonly upkeep: readonly RedisUpkeep[];
  tidying?: NodeJS.Timeout;
}

function makeParts(context: ServiceContext): Parts {
  const { database, redis, log, config, clock } = context;
  const announce = (published: Parameters<typeof announceKeys>[1]): Promise<void> => announceKeys(redis, published);
  const keys = new KeyRing({ database, clock, log, secret: readSecret(config.secretsDir, "token_encryption"), announce });
  const revocations = new Revocations({ redis, database, clock });
  return {
    keys,
    passwords: new Passwords(),
    sessions: new Sessions({ database, keys, revocations, clock, log }),
    operators: new OperatorCheck(operatorToken(context)),
    upkeep: [
      new RedisUpkeep({ redis, log, what: "publish the token keys", work: async () => announce(await keys.publicKeys()) }),
      new RedisUpkeep({ redis, log, what: "publish the ended sessions", work: () => revocations.repair() }),
    ],
  };
}

/** Absent on a deployment made before the service was given it: then only a token's role makes an operator. */
function operatorToken({ config, log }: ServiceContext): string | undefined {
  try {
    return readSecret(config.secretsDir, "operator_token");
  } catch {
    log.warn("no secret operator_token: only operators' own tokens are taken");
    return undefined;
  }
}

/** Registration, authentication and profiles. */
export function userService(): ServiceDefinition {
  let made: Parts | undefined;
  const partsOf = (context: ServiceContext): Parts => (made ??= makeParts(context));
  return {
    declaration: user,
    migrations,
    routes: (app, context) => {
      accessRoutes(app, context, partsOf(context));
      operatorRoutes(app, context, partsOf(context));
      profileRoutes(app, context);
    },
    handlers: () => [activityGroup],
    start: async (context) => {
      const parts = partsOf(context);
      await parts.keys.signingKey();
      if (context.config.mode === "dev" && (await seedDemoUser(context.database, context.events))) {
        context.log.info("demo user 123 created");
      }
      // Last, since the steps before it may fail and then run again.
      for (const upkeep of parts.upkeep) await upkeep.start();
      parts.tidying ??= setInterval(() => void tidy(context), TIDY_EVERY_MS).unref();
    },
    stop: async (context) => {
      const { upkeep, tidying } = partsOf(context);
      for (const one of upkeep) one.stop();
      clearInterval(tidying);
    },
  };
}

async function tidy({ database, clock, log }: ServiceContext): Promise<void> {
  const now = clock.now();
  try {
    await forgetOldSessions(database, { expired: new Date(now - DAY_MS), used: new Date(now - REMEMBER_USED_TOKENS_MS) });
  } catch (error) {
    log.warn({ err: error }, "old sessions are forgotten later");
  }
}
