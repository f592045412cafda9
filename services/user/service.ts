import { readSecret } from "../base/config.ts";
import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { user } from "./declaration.ts";
import { seedDemoUser } from "./demo-user.ts";
import { activityGroup } from "./handlers.ts";
import { KeyPublisher } from "./key-publisher.ts";
import { KeyRing } from "./key-ring.ts";
import { migrations } from "./migrations.ts";
import { Passwords } from "./passwords.ts";
import { accessRoutes, profileRoutes } from "./routes.ts";

interface Parts {
  readonly keys: KeyRing;
  readonly publisher: KeyPublisher;
  readonly passwords: Passwords;
}

function makeParts(context: ServiceContext): Parts {
  const { database, redis, log, config } = context;
  const keys = new KeyRing({ database, log, secret: readSecret(config.secretsDir, "token_encryption") });
  return { keys, publisher: new KeyPublisher({ redis, keys, log }), passwords: new Passwords() };
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
      profileRoutes(app, context);
    },
    handlers: () => [activityGroup],
    start: async (context) => {
      const { keys, publisher } = partsOf(context);
      await keys.signingKey();
      if (context.config.mode === "dev" && (await seedDemoUser(context.database, context.events))) {
        context.log.info("demo user 123 created");
      }
      // Last, since the steps before it may fail and then run again.
      await publisher.start();
    },
    stop: async (context) => partsOf(context).publisher.stop(),
  };
}
