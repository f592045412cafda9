import swagger from "@fastify/swagger";
import type { OpenAPIV3_1 } from "openapi-types";
import type { ServiceConfig } from "../config.ts";
import type { ServiceDeclaration } from "../declaration.ts";
import type { ServiceApp } from "../service.ts";

const problemSchema = (): OpenAPIV3_1.SchemaObject => ({
  type: "object",
  required: ["type", "title", "status", "code", "correlationId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "Stable: what a program decides by." },
    correlationId: { type: "string" },
    errors: {
      type: "array",
      items: { type: "object", properties: { path: { type: "string" }, message: { type: "string" } } },
    },
  },
});

interface Parameter {
  required?: boolean;
  readonly schema?: { readonly default?: unknown };
}

interface Operation {
  responses?: Record<string, unknown>;
  readonly parameters?: readonly Parameter[];
}

type Operations = Record<string, Record<string, Operation | undefined> | undefined>;

/** Documents the API by the same schemas that validate it. The document itself: `app.swagger()`. */
export async function documentApi(app: ServiceApp, declaration: ServiceDeclaration, config: ServiceConfig): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: `AstraTrade ${declaration.name}`, description: declaration.purpose, version: config.version },
      tags: [{ name: declaration.name, description: declaration.purpose }],
      components: {
        schemas: { Problem: problemSchema() },
        securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      },
    },
    transform: ({ schema, url }) => ({ schema: { ...schema, tags: schema?.tags ?? [declaration.name] }, url }),
    transformObject: (document) => {
      if (!("openapiObject" in document)) return document.swaggerObject;
      for (const path of Object.values((document.openapiObject.paths ?? {}) as Operations)) {
        for (const operation of Object.values(path ?? {})) {
          // The type has it always, since the default is filled in; a caller may leave it out.
          for (const parameter of operation?.parameters ?? []) if (parameter.schema?.default !== undefined) parameter.required = false;
          if (operation?.responses === undefined) continue;
          operation.responses["default"] ??= {
            description: "Any error",
            content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
          };
        }
      }
      return document.openapiObject;
    },
  });
}
