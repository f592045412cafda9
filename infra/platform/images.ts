import { allServices } from "../../services/catalogue.ts";

/** Key of an image; its repository is `astratrade/<name>`, its tag a hash of what it is built from. */
export type ImageName = string;

export interface ImageDeclaration {
  readonly name: ImageName;
  /** Folder below `images/` with the Dockerfile and everything that it copies. */
  readonly recipe: string;
  /** Bundle that is copied in as `main.js`: entry file from the project's root. */
  readonly bundle?: string;
  /** Stands on an image that not every machine can have (`HostFacts`); without it the workload is left out. */
  readonly optional?: boolean;
}

/** Image of a Node service: one recipe, one bundle each. */
export function serviceImage(service: string): ImageName {
  return `service-${service}`;
}

/** Images that this project builds. What they are made from is pinned in `images/versions.json`. */
export const images: readonly ImageDeclaration[] = [
  ...allServices.map((service) => ({
    name: serviceImage(service.name),
    recipe: "service",
    bundle: `services/${service.name}/main.ts`,
  })),
  { name: serviceImage("migrate"), recipe: "service", bundle: "services/migrate/main.ts" },
  { name: "agent", recipe: "service", bundle: "infra/agent/main.ts" },
  { name: "redis", recipe: "redis" },
  { name: "postgres", recipe: "postgres" },
  { name: "configure", recipe: "configure" },
  { name: "edge", recipe: "edge" },
  { name: "prometheus", recipe: "prometheus" },
  { name: "alertmanager", recipe: "alertmanager" },
  { name: "exporters", recipe: "exporters" },
  { name: "grafana", recipe: "grafana", optional: true },
  { name: "jaeger", recipe: "jaeger", optional: true },
];

/** Holds a program of this project, which is told by its environment who it is. */
export function isOwnProgram(image: ImageName): boolean {
  return images.some((declared) => declared.name === image && declared.bundle !== undefined);
}

/** Image reference (repository:tag) of every image that a deployment uses. */
export type ImageReferences = Readonly<Record<ImageName, string>>;
