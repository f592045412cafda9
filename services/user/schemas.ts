import { Type } from "typebox";
import { ROLES } from "../base/auth/caller.ts";
import { VISIBILITIES } from "./accounts-store.ts";

const Username = Type.String({
  pattern: "^[A-Za-z0-9_.-]{3,32}$",
  description: "3 to 32 of letters, digits, `_`, `.` and `-`; unique without letter case.",
  examples: ["satoshi"],
});
const Email = Type.String({
  maxLength: 254,
  pattern: "^[^\\s@\\u0000]+@[^\\s@\\u0000]+\\.[^\\s@\\u0000]+$",
  examples: ["satoshi@example.com"],
});
const Password = Type.String({ minLength: 8, maxLength: 128, examples: ["correct horse battery staple"] });
/** PostgreSQL stores no NUL. */
const NO_NUL = "^[^\\u0000]*$";
const DisplayName = Type.String({ minLength: 1, maxLength: 64, pattern: NO_NUL, examples: ["Satoshi N."] });
const Bio = Type.String({ maxLength: 500, pattern: NO_NUL, examples: ["HODL."] });
const Role = Type.Enum(ROLES);
const Visibility = Type.Enum(VISIBILITIES, { description: "`private`: others see the name only." });
const Instant = Type.String({ examples: ["2025-01-31T12:00:00.000Z"] });
const UserId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [1000] });

function nullable<T extends Type.TSchema>(schema: T): Type.TUnion<[T, Type.TNull]> {
  return Type.Union([schema, Type.Null()]);
}

export const RegisterBody = Type.Object(
  { username: Username, email: Email, password: Password },
  { additionalProperties: false },
);

export const LoginBody = Type.Object(
  {
    username: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: NO_NUL, examples: ["satoshi"] })),
    email: Type.Optional(Type.String({ minLength: 1, maxLength: 254, pattern: NO_NUL })),
    password: Type.String({ minLength: 1, maxLength: 128, examples: ["correct horse battery staple"] }),
  },
  { additionalProperties: false, description: "Either `username` or `email`, and the password." },
);

export const ProfileBody = Type.Object(
  {
    displayName: Type.Optional(nullable(DisplayName)),
    bio: Type.Optional(nullable(Bio)),
    visibility: Type.Optional(Visibility),
  },
  { additionalProperties: false, minProperties: 1, description: "What is given changes; `null` empties it." },
);

export const UserParams = Type.Object({ id: UserId });

const account = { id: UserId, username: Username, displayName: nullable(DisplayName), bio: nullable(Bio), createdAt: Instant };

const ActivityReply = Type.Object({
  lastSeenAt: nullable(Instant),
  tradesExecuted: Type.Integer(),
  positionsClosed: Type.Integer(),
  postsCreated: Type.Integer(),
  commentsWritten: Type.Integer(),
  likesGiven: Type.Integer(),
  usersFollowed: Type.Integer(),
});

/** What only the user sees of itself. */
const OwnAccount = Type.Object({ ...account, email: Email, role: Role, visibility: Visibility });

const token = {
  token: Type.String({ description: "Send it as `Authorization: Bearer <token>`; it holds for 15 minutes." }),
  expiresAt: Instant,
  refreshToken: Type.String({ description: "Exchange it once, at `POST /refresh`, for the next pair." }),
  refreshExpiresAt: Type.String({ description: "End of the session.", examples: ["2025-03-02T12:00:00.000Z"] }),
};

export const TokenReply = Type.Object(token);
export const RegisterReply = Type.Object({ user: OwnAccount, ...token });
export const MeReply = Type.Object({ ...OwnAccount.properties, activity: ActivityReply });
export const OwnAccountReply = OwnAccount;

/** Of a private profile, others see the name: the rest is null. */
export const ProfileReply = Type.Object({ ...account, visibility: Visibility, activity: nullable(ActivityReply) });

export const RefreshBody = Type.Object(
  { refreshToken: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$", description: "Newest refresh token of the session." }) },
  { additionalProperties: false },
);

export const LogoutBody = Type.Union([
  Type.Object(
    { everywhere: Type.Optional(Type.Boolean({ description: "True: all sessions of the caller, on every device." })) },
    { additionalProperties: false },
  ),
  Type.Null(),
]);
export const LogoutReply = Type.Object({ endedSessions: Type.Integer({ description: "How many were running." }) });

export const RoleBody = Type.Object({ role: Role }, { additionalProperties: false });
export const RoleReply = Type.Object({ id: UserId, role: Role });
export const RotationReply = Type.Object({ kid: Type.String({ description: "Key that signs from now on." }) });

export const JwksReply = Type.Object({
  keys: Type.Array(
    Type.Object({
      kid: Type.String(),
      kty: Type.String({ examples: ["OKP"] }),
      crv: Type.String({ examples: ["Ed25519"] }),
      x: Type.String(),
      alg: Type.String({ examples: ["EdDSA"] }),
      use: Type.String({ examples: ["sig"] }),
    }),
  ),
});
