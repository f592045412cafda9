import { createPrivateKey } from "node:crypto";
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair } from "jose";
import { TOKEN_ALGORITHM } from "../base/auth/tokens.ts";
import { seal, unseal } from "./sealed.ts";

/** Public half of a key, as it is published (RFC 7517). */
export interface PublicJwk {
  readonly kid: string;
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly alg: typeof TOKEN_ALGORITHM;
  readonly use: "sig";
}

/** A key as it is stored: the private half only encrypted. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateJwkEncrypted: Buffer;
}

/** A key that tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** A new Ed25519 key pair; its id is its thumbprint (RFC 7638), so that equal ids mean equal keys. */
export async function createSigningKey(secret: string): Promise<StoredSigningKey> {
  const pair = await generateKeyPair(TOKEN_ALGORITHM, { crv: "Ed25519", extractable: true });
  const { x } = await exportJWK(pair.publicKey);
  if (x === undefined) throw new Error("an Ed25519 key without its public point");
  const point = { kty: "OKP", crv: "Ed25519", x } as const;
  const kid = await calculateJwkThumbprint(point);
  return {
    kid,
    publicJwk: { ...point, kid, alg: TOKEN_ALGORITHM, use: "sig" },
    privateJwkEncrypted: seal(JSON.stringify(await exportJWK(pair.privateKey)), secret, kid),
  };
}

/** @throws Error when it was encrypted with another secret. */
export function openSigningKey(stored: StoredSigningKey, secret: string): SigningKey {
  const jwk: unknown = JSON.parse(unseal(stored.privateJwkEncrypted, secret, stored.kid));
  if (typeof jwk !== "object" || jwk === null) throw new Error(`signing key ${stored.kid} is not a JWK`);
  const key = createPrivateKey({ key: { ...jwk }, format: "jwk" });
  return { kid: stored.kid, privateKey: key.toCryptoKey({ name: "Ed25519" }, false, ["sign"]) };
}
