import { generateKeyPair, exportJWK, SignJWT, type JWK } from "jose";
import { connect } from "node:net";
import { Type } from "typebox";
import type { ServiceConfig } from "../../../../services/base/config.ts";
import type { ServiceDeclaration } from "../../../../services/base/declaration.ts";
import { MoneySchema } from "../../../../services/base/money.ts";
import { Problem } from "../../../../services/base/problem.ts";
import type { ServiceDefinition } from "../../../../services/base/service.ts";
import type { TestRedis } from "../../../support/stores.ts";

export const sample: ServiceDeclaration = {
  name: "sample",
  port: 8999,
  purpose: "Shows the template.",
  capabilities: ["sampling"],
  route: "sample",
  stores: ["redis"],
  criticality: 1,
};

/** A service of one folder: all that it needs is routes. */
export function sampleService(changes: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return {
    declaration: sample,
    routes: (app, context) => {
      const body = Type.Object({ user_id: Type.Integer(), amount: MoneySchema });
      app.post("/orders", { schema: { body } }, async (request, reply) => {
        const user = await context.auth.requireUser(request, request.body.user_id);
        return reply.code(201).send({ user, correlationId: request.correlationId });
      });
      app.get("/broken", () => Promise.reject(new Error("the secret is hunter2")));
      app.get("/refused", () => {
        throw new Problem({ status: 422, code: "not-now", title: "Not now", retryAfterSeconds: 1.2 });
      });
    },
    ...changes,
  };
}

/** Configuration of a process that runs inside of the test. */
export function sampleConfig(redis: TestRedis, changes: Partial<ServiceConfig> = {}): ServiceConfig {
  return {
    service: "sample",
    instance: "sample-1",
    environment: "test",
    colour: "blue",
    version: "v1",
    mode: "dev",
    logLevel: "silent",
    secretsDir: "/nowhere",
    host: "127.0.0.1",
    port: 0,
    agentPort: 0,
    redis: { host: redis.host, port: redis.port, password: redis.password },
    limits: { perUser: 200, perService: 1000 },
    ...changes,
  };
}

/** Everything that a TCP server says before it closes. */
export function readLine(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

export interface Signer {
  readonly jwk: JWK;
  sign(claims: { readonly sub?: string; readonly iss?: string; readonly exp?: number }): Promise<string>;
}

/** A signing key as the user service has one. */
export async function createSigner(kid: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA");
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: "EdDSA", use: "sig" };
  return {
    jwk,
    sign: ({ sub = "1000", iss = "astratrade", exp = Math.floor(Date.now() / 1000) + 60 }) =>
      new SignJWT().setProtectedHeader({ alg: "EdDSA", kid }).setSubject(sub).setIssuer(iss).setIssuedAt().setExpirationTime(exp).sign(privateKey),
  };
}
