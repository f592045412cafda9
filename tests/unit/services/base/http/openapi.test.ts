import { pino } from "pino";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import type { ServiceConfig } from "../../../../../services/base/config.ts";
import { createApp } from "../../../../../services/base/http/app.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";
import { social } from "../../../../../services/social/declaration.ts";

describe("the API document (R-SVC-4)", () => {
  it("shows a query parameter with a default as one that may be left out", async () => {
    const log = pino({ level: "silent" });
    const metrics = new Metrics({ service: "social", colour: "blue" });
    const app = await createApp({ declaration: social, config: { version: "v1" } as ServiceConfig, log, metrics, availability: { ready: true, draining: false } });
    const querystring = Type.Object({ limit: Type.Integer({ default: 20 }), q: Type.String() });
    app.get("/feed", { schema: { querystring, response: { 200: Type.Object({}) } } }, () => ({}));
    await app.ready();
    const document = app.swagger() as { paths: Record<string, { get: { parameters: { name: string; required?: boolean }[]; responses: object } }> };
    const required = Object.fromEntries((document.paths["/feed"]?.get.parameters ?? []).map(({ name, required }) => [name, required === true]));
    expect(required).toEqual({ limit: false, q: true });
    expect(document.paths["/feed"]?.get.responses).toHaveProperty("default");
    await app.close();
  });
});
