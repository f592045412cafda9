/** As much of an OpenAPI document as merging needs. */
export interface OpenApiDocument {
  readonly openapi?: string;
  readonly info?: unknown;
  readonly tags?: readonly unknown[];
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface MergedDocument extends OpenApiDocument {
  /** Services whose document could not be had; their paths are missing. */
  readonly "x-unavailable": readonly string[];
}

/** One document from the gateway's own and those of the services. On equal names the earlier one stands: they share a template. */
export function mergeOpenApi(own: OpenApiDocument, others: readonly OpenApiDocument[], unavailable: readonly string[]): MergedDocument {
  const paths: Record<string, unknown> = {};
  const components: Record<string, Record<string, unknown>> = {};
  for (const document of [own, ...others]) {
    for (const [path, item] of Object.entries(document.paths ?? {})) paths[path] ??= item;
    for (const [kind, entries] of Object.entries(document.components ?? {})) {
      const known = (components[kind] ??= {});
      for (const [name, entry] of Object.entries(entries)) known[name] ??= entry;
    }
  }
  const tags = [own, ...others].flatMap((document) => document.tags ?? []);
  return { ...own, tags, paths, components, "x-unavailable": unavailable };
}
