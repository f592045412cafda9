import type { Clock } from "../../base/clock.ts";
import type { ServiceDeclaration } from "../../base/declaration.ts";
import type { ServiceApp } from "../../base/service.ts";
import type { ServiceAsker } from "../proxy/ask-service.ts";
import { Fresh } from "../../base/fresh.ts";
import { mergeOpenApi, type MergedDocument, type OpenApiDocument } from "./merge-openapi.ts";

const MAX_AGE_MS = 15_000;

/** `GET /api/docs`: the API of the whole platform as one OpenAPI document. */
export function docsRoute(app: ServiceApp, services: readonly ServiceDeclaration[], asker: ServiceAsker, clock: Clock): void {
  const merged = new Fresh(() => readAll(app, services, asker), MAX_AGE_MS, clock);
  app.get("/api/docs", { schema: { summary: "This document" } }, async () => (await merged.get()).value);
}

async function readAll(app: ServiceApp, services: readonly ServiceDeclaration[], asker: ServiceAsker): Promise<MergedDocument> {
  const unavailable: string[] = [];
  const documents = await Promise.all(
    services.map(async (service) => {
      try {
        return (await asker.getJson(service.name, "/openapi.json")) as OpenApiDocument;
      } catch {
        unavailable.push(service.name);
        return {};
      }
    }),
  );
  return mergeOpenApi(app.swagger() as OpenApiDocument, documents, unavailable.sort());
}
