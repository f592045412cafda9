import { environmentConfig, stackModel, type StackModel } from "../../infra/engine/model.ts";
import type { StackKey } from "../../infra/engine/engine.ts";
import type { HostFacts } from "../../infra/platform/host-facts.ts";
import { images, type ImageReferences } from "../../infra/platform/images.ts";

/** References of every image, without building one. */
export const testImages: ImageReferences = Object.fromEntries([
  ...images.map((image) => [image.name, `astratrade/${image.name}:0123456789ab`] as const),
  ["grafana", "astratrade/grafana:0123456789ab"] as const,
]);

/** A stack of environment `dev` as its committed config has it, on a machine with everything. */
export function testStack(
  stack: StackKey,
  overrides: Readonly<Record<string, string>> = {},
  facts: HostFacts = { startInterval: true, grafana: true, jaeger: true, dockerSocketGid: 998 },
): StackModel {
  return stackModel(environmentConfig("dev", overrides).targets[stack], facts, testImages);
}
