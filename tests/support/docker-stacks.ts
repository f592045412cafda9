import * as pulumi from "@pulumi/pulumi";
import { Colour } from "../../infra/docker/colour.ts";
import { Foundation } from "../../infra/docker/foundation.ts";
import type { Attempts } from "../../infra/docker/job.ts";
import type { StackKey } from "../../infra/engine/engine.ts";
import type { StackModel } from "../../infra/engine/model.ts";
import { networkName } from "../../infra/platform/names.ts";
import { secrets } from "../../infra/platform/secrets.ts";
import { declare, type Declared, SECRET_MARK } from "./pulumi-mocks.ts";
import { testStack } from "./platform-models.ts";

export interface DeclaredStack {
  readonly model: StackModel;
  readonly resources: readonly Declared[];
}

/** A stack of environment `dev` as Pulumi would get it. */
export async function declaredStack(
  stack: StackKey,
  overrides: Readonly<Record<string, string>> = {},
  attempts: Attempts = new Map(),
  given: Readonly<Record<string, string>> = {},
): Promise<DeclaredStack> {
  const model = testStack(stack, overrides);
  const args = { settings: model.settings, containers: model.containers, writerImage: "astratrade/base:0123456789ab", attempts };
  const values = Object.fromEntries(secrets.map((secret) => [secret.name, `${SECRET_MARK}${secret.name}`]));
  const resources = await declare(model.stackName, (opts) =>
    stack === "foundation"
      ? new Foundation("foundation", args, opts)
      : new Colour(stack, { ...args, networkName: networkName(model.settings.environment), secrets: pulumi.secret(values), given }, opts),
  );
  return { model, resources };
}

export const TYPES = {
  container: "docker:index/container:Container",
  volume: "docker:index/volume:Volume",
  network: "docker:index/network:Network",
  password: "random:index/randomPassword:RandomPassword",
  service: "astratrade:platform:Service",
} as const;

/** The containers of workloads: all but the one that writes secret files. */
export function workloadContainers(stack: DeclaredStack): readonly Declared[] {
  return stack.resources.filter((resource) => resource.type === TYPES.container && !resource.name.endsWith("-secrets-writer"));
}
