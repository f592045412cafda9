/** Redis key of the published keys: JSON `{keys: [...]}` (RFC 7517), written by the user service. */
export const JWKS_KEY = "astra:jwks";
/** Channel that says that the published keys have changed. */
export const JWKS_CHANNEL = "astra:jwks";

/** Redis sorted set of sessions that ended early; score: when the last token of one expires, in milliseconds. */
export const REVOKED_KEY = "astra:revoked";
/** Channel of sessions that ended just now: JSON array of `[session id, milliseconds as in the set]`. */
export const REVOKED_CHANNEL = "astra:revoked";

/**
 * `iss` of every token. Claims: `sub` (user id as decimal text), `iat`, `exp`, `sid` (the log-in it belongs to), `role`;
 * header: `alg: EdDSA`, `kid`.
 */
export const TOKEN_ISSUER = "astratrade";
export const TOKEN_ALGORITHM = "EdDSA";
