import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { credentialsOf } from "./accounts-store.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Passwords } from "./passwords.ts";
import { register, requireFreeName } from "./registration.ts";
import {
  JwksReply,
  LoginBody,
  LogoutBody,
  LogoutReply,
  RefreshBody,
  RegisterBody,
  RegisterReply,
  TokenReply,
} from "./schemas.ts";
import type { Sessions } from "./sessions.ts";
import { ownView, SIGNED_IN } from "./views.ts";

interface Parts {
  readonly keys: KeyRing;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
}

function wrongCredentials(name: "username" | "email"): Problem {
  return new Problem({
    status: 401,
    code: "wrong-credentials",
    title: "Name or password is wrong",
    detail: "No account has this name or email together with this password.",
    errors: [{ path: `/body/${name}`, message: "or the password is wrong" }],
  });
}

function loginNeedsOneName(): Problem {
  return new Problem({
    status: 400,
    code: "validation-failed",
    title: "The request is not valid",
    errors: [{ path: "/body/username", message: "give either username or email" }],
  });
}

/** Registration, log-in, log-out and the token keys. */
export function accessRoutes(app: ServiceApp, context: ServiceContext, { keys, passwords, sessions }: Parts): void {
  const { database, events, metrics, auth } = context;
  const registration = metrics.operation("register");
  const login = metrics.operation("login");
  const refresh = metrics.operation("refresh");
  const logout = metrics.operation("logout");

  app.post(
    "/register",
    { schema: { summary: "Create an account", tags: ["access"], body: RegisterBody, response: { 201: RegisterReply } } },
    (request, reply) =>
      registration.run(async () => {
        const { username, email, password } = request.body;
        requireFreeName(username);
        const passwordHash = await passwords.hash(password);
        const account = await register(database, events, { username, email, passwordHash });
        return reply.code(201).send({ user: ownView(account), ...(await sessions.open(account)) });
      }),
  );

  app.post(
    "/login",
    { schema: { summary: "Open a session", tags: ["access"], body: LoginBody, response: { 200: TokenReply } } },
    (request) =>
      login.run(async () => {
        const { username, email, password } = request.body;
        if ((username === undefined) === (email === undefined)) throw loginNeedsOneName();
        const found = await credentialsOf(database, username === undefined ? { email: email ?? "" } : { username });
        const right = await passwords.verify(password, found?.passwordHash ?? null);
        if (!found || !right) throw wrongCredentials(username === undefined ? "email" : "username");
        return sessions.open(found.account);
      }),
  );

  app.post(
    "/refresh",
    {
      schema: {
        summary: "Exchange a refresh token for the next pair of tokens; a second use ends the session",
        tags: ["access"],
        body: RefreshBody,
        response: { 200: TokenReply },
      },
    },
    (request) => refresh.run(() => sessions.refresh(request.body.refreshToken)),
  );

  app.post(
    "/logout",
    {
      schema: {
        summary: "End the caller's session, or all of them; their tokens are refused everywhere within a second",
        tags: ["access"],
        security: SIGNED_IN,
        body: LogoutBody,
        response: { 200: LogoutReply },
      },
    },
    (request) =>
      logout.run(async () => {
        const userId = await auth.requireUser(request);
        const caller = await auth.callerOf(request);
        const everywhere = request.body?.everywhere === true;
        // Without a token (mode `dev`) there is no session to name: it ends none, or all.
        if (!everywhere && caller?.sessionId === undefined) return { endedSessions: 0 };
        return { endedSessions: await sessions.end(userId, everywhere ? undefined : caller?.sessionId, "logout") };
      }),
  );

  app.get(
    "/.well-known/jwks.json",
    { schema: { summary: "Public keys that tokens are verified with", tags: ["access"], response: { 200: JwksReply } } },
    async (_request, reply) => reply.header("cache-control", "public, max-age=60").send({ keys: await keys.publicKeys() }),
  );
}
