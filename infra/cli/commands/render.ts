import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stackComposeYaml } from "../../compose/compose-engine.ts";
import { environmentSecrets } from "../../compose/secrets.ts";
import { readGivenSecrets } from "../../config/given-secrets.ts";
import { environmentConfig, stackModel, STACKS, type EnvironmentConfig } from "../../engine/model.ts";
import { writeWhole } from "../../host/files.ts";
import { PROJECT_ROOT } from "../../host/paths.ts";
import { imagePlan, imageReferences } from "../../images/plan.ts";
import { secretYaml, stackYaml } from "../../kubernetes/render.ts";
import type { ImageReferences } from "../../platform/images.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentOf, openSession, parseOverrides } from "../session.ts";
import { UsageError } from "../usage-error.ts";
import type { OptionalParts } from "../urls.ts";

const READABLE = 0o644;
const PRIVATE = 0o600;

/** Group of the engine's socket in rendered files. Each machine has its own; `up` finds it out. */
const SOCKET_GROUP = 0;

interface RenderedFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

function composeFiles(config: EnvironmentConfig, images: ImageReferences, parts: OptionalParts): RenderedFile[] {
  return STACKS.map((stack) => ({
    name: `compose.${stack}.yaml`,
    // Other checkouts render the same text, so that two of them can be compared.
    text: stackComposeYaml(stackModel(config.targets[stack], { startInterval: false, ...parts, dockerSocketGid: SOCKET_GROUP }, images)).replaceAll(PROJECT_ROOT, "."),
    mode: READABLE,
  }));
}

async function kubernetesFiles(
  config: EnvironmentConfig,
  images: ImageReferences,
  parts: OptionalParts,
  withSecrets: boolean,
): Promise<RenderedFile[]> {
  const { settings } = config.targets.foundation;
  const given = withSecrets
    ? STACKS.map((stack) => ({ settings: config.targets[stack].settings, values: readGivenSecrets(config.targets[stack].settings, PROJECT_ROOT) }))
    : [];
  return [
    ...STACKS.map((stack) => ({
      name: `kubernetes.${stack}.yaml`,
      text: stackYaml(config.targets[stack], images, parts.grafana, parts.jaeger),
      mode: READABLE,
    })),
    ...(withSecrets
      ? [{ name: "kubernetes.secrets.yaml", text: secretYaml(settings, await environmentSecrets(settings.environment), given), mode: PRIVATE }]
      : []),
  ];
}

async function render(invocation: Invocation): Promise<number> {
  const out = invocation.text("out");
  if (out === undefined) throw new UsageError("render needs --out DIR: the folder to write to.");
  const kubernetes = invocation.text("target") === "kubernetes";
  const withSecrets = invocation.on("with-secrets");
  if (withSecrets && !kubernetes) throw new UsageError("--with-secrets is for --target kubernetes: compose files bind secret files.");
  // What an environment of this machine was deployed with (`portOffset`) says nothing of a cluster.
  const config = kubernetes
    ? environmentConfig(environmentOf(invocation), { ...parseOverrides(invocation.texts("config")), target: "kubernetes" })
    : (await openSession(invocation)).config;
  const { settings } = config.targets.foundation;
  const parts = { grafana: settings.grafana === "on", jaeger: settings.jaeger === "on" };
  const images = imageReferences(await imagePlan(PROJECT_ROOT, { optional: parts.grafana || parts.jaeger }));
  const files = kubernetes
    ? await kubernetesFiles(config, images, parts, withSecrets)
    : composeFiles(config, images, parts);
  await mkdir(resolve(out), { recursive: true });
  for (const { name, text, mode } of files) {
    const file = join(resolve(out), name);
    await writeWhole(file, text, mode);
    process.stdout.write(`${file}\n`);
  }
  return 0;
}

export const renderCommand: Command = {
  name: "render",
  summary: "Write the platform as plain files, without deploying anything.",
  details: ["", "Needs no Docker. Host facts are the plainest: no start interval, Grafana and Jaeger only where config says `on`, and group 0 for the engine's socket."],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    target: { type: "string", value: "compose|kubernetes", choices: ["compose", "kubernetes"], help: "what to write (default: compose)" },
    out: { type: "string", short: "o", value: "DIR", help: "folder to write to" },
    "with-secrets": { type: "boolean", help: "with --target kubernetes: also write the Secret with its values, readable by you only" },
  },
  run: render,
};
