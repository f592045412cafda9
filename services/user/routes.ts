import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { type Account, accountById, changeProfile, credentialsOf } from "./accounts-store.ts";
import { activityOf, type Activity } from "./activity-store.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Passwords } from "./passwords.ts";
import { register, requireFreeName } from "./registration.ts";
import {
  JwksReply,
  LoginBody,
  MeReply,
  OwnAccountReply,
  ProfileBody,
  ProfileReply,
  RegisterBody,
  RegisterReply,
  TokenReply,
  UserParams,
} from "./schemas.ts";
import { issueToken } from "./token.ts";

/** Marks a route in the API document as one that asks who is calling. */
const SIGNED_IN = [{ token: [] }];

interface Parts {
  readonly keys: KeyRing;
  readonly passwords: Passwords;
}

/** What everybody may see of an account. */
function publicView(account: Account) {
  const { id, username, displayName, bio } = account;
  return { id, username, displayName, bio, createdAt: account.createdAt.toISOString() };
}

function ownView(account: Account) {
  return { ...publicView(account), email: account.email };
}

function activityView(activity: Activity) {
  return { ...activity, lastSeenAt: activity.lastSeenAt?.toISOString() ?? null };
}

function noSuchUser(id: number): Problem {
  return new Problem({
    status: 404,
    code: "user-not-found",
    title: "There is no such user",
    errors: [{ path: "/params/id", message: `no user has the id ${id}` }],
  });
}

function wrongCredentials(): Problem {
  return new Problem({
    status: 401,
    code: "wrong-credentials",
    title: "Name or password is wrong",
    detail: "No account has this name or email together with this password.",
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

/** Registration, log-in and the token keys. */
export function accessRoutes(app: ServiceApp, context: ServiceContext, { keys, passwords }: Parts): void {
  const { database, events, clock, metrics } = context;
  const registration = metrics.operation("register");
  const login = metrics.operation("login");

  app.post(
    "/register",
    { schema: { summary: "Create an account", tags: ["access"], body: RegisterBody, response: { 201: RegisterReply } } },
    (request, reply) =>
      registration.run(async () => {
        const { username, email, password } = request.body;
        requireFreeName(username);
        const passwordHash = await passwords.hash(password);
        const account = await register(database, events, { username, email, passwordHash });
        const issued = await issueToken(await keys.signingKey(), account.id, clock.now());
        return reply.code(201).send({ user: ownView(account), ...issued });
      }),
  );

  app.post(
    "/login",
    { schema: { summary: "Get a token", tags: ["access"], body: LoginBody, response: { 200: TokenReply } } },
    (request) =>
      login.run(async () => {
        const { username, email, password } = request.body;
        if ((username === undefined) === (email === undefined)) throw loginNeedsOneName();
        const found = await credentialsOf(database, username === undefined ? { email: email ?? "" } : { username });
        const right = await passwords.verify(password, found?.passwordHash ?? null);
        if (!found || !right) throw wrongCredentials();
        return issueToken(await keys.signingKey(), found.account.id, clock.now());
      }),
  );

  app.get(
    "/.well-known/jwks.json",
    { schema: { summary: "Public keys that tokens are verified with", tags: ["access"], response: { 200: JwksReply } } },
    async (_request, reply) => reply.header("cache-control", "public, max-age=60").send({ keys: await keys.publicKeys() }),
  );
}

/** Profiles: one's own with what is private, everybody's without. */
export function profileRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, metrics } = context;
  const edit = metrics.operation("edit-profile");

  app.get(
    "/me",
    { schema: { summary: "The caller's own profile", tags: ["profiles"], security: SIGNED_IN, response: { 200: MeReply } } },
    async (request) => {
      const id = await auth.requireUser(request);
      const account = await accountById(database, id);
      if (!account) throw noSuchUser(id);
      return { ...ownView(account), activity: activityView(await activityOf(database, id)) };
    },
  );

  app.patch(
    "/me",
    { schema: { summary: "Change the caller's own profile", tags: ["profiles"], security: SIGNED_IN, body: ProfileBody, response: { 200: OwnAccountReply } } },
    (request) =>
      edit.run(async () => {
        const id = await auth.requireUser(request);
        const account = await changeProfile(database, id, request.body);
        if (!account) throw noSuchUser(id);
        return ownView(account);
      }),
  );

  app.get(
    "/:id",
    { schema: { summary: "A user's public profile", tags: ["profiles"], params: UserParams, response: { 200: ProfileReply } } },
    async (request) => {
      const { id } = request.params;
      const account = await accountById(database, id);
      if (!account) throw noSuchUser(id);
      return { ...publicView(account), activity: activityView(await activityOf(database, id)) };
    },
  );
}
