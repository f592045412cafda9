import { importJWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { TOKEN_ISSUER } from "../../../../services/base/auth/tokens.ts";
import { createSigningKey, openSigningKey } from "../../../../services/user/signing-key.ts";
import { issueToken } from "../../../../services/user/token.ts";

const secret = "a secret of forty-eight characters, or about that";
const bearer = { userId: 1000, role: "player", sessionId: "0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968" } as const;
const now = Date.parse("2025-01-31T12:00:00.500Z");

describe("tokens (R-SVC-1)", () => {
  it("are verified by the published half of the key, and name user, role and session for 15 minutes", async () => {
    const stored = await createSigningKey(secret);
    const issued = await issueToken(openSigningKey(stored, secret), bearer, now);
    const { payload, protectedHeader } = await jwtVerify(issued.token, await importJWK({ ...stored.publicJwk }), {
      algorithms: ["EdDSA"],
      issuer: TOKEN_ISSUER,
      currentDate: new Date(now),
    });
    expect(protectedHeader).toEqual({ alg: "EdDSA", kid: stored.kid, typ: "JWT" });
    expect(payload).toEqual({
      iss: "astratrade",
      sub: "1000",
      iat: 1738324800,
      exp: 1738325700,
      role: "player",
      sid: bearer.sessionId,
    });
    expect(issued.expiresAt).toBe("2025-01-31T12:15:00.000Z");
  });

  it("are not verified by another key", async () => {
    const [one, other] = [await createSigningKey(secret), await createSigningKey(secret)];
    const issued = await issueToken(openSigningKey(one, secret), bearer, now);
    await expect(jwtVerify(issued.token, await importJWK({ ...other.publicJwk }))).rejects.toThrow();
  });

  it("come from keys whose public half holds nothing private", async () => {
    const stored = await createSigningKey(secret);
    expect(Object.keys(stored.publicJwk).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
    expect(stored.privateJwkEncrypted.includes('"d"')).toBe(false);
  });
});
