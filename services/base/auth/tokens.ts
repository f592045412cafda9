/** Redis key of the published keys: JSON `{keys: [...]}` (RFC 7517), written by the user service. */
export const JWKS_KEY = "astra:jwks";

/** `iss` of every token. Claims: `sub` (user id as decimal text), `iat`, `exp`; header: `alg: EdDSA`, `kid`. */
export const TOKEN_ISSUER = "astratrade";
export const TOKEN_ALGORITHM = "EdDSA";
