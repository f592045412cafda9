import { rm } from "node:fs/promises";
import type { ISecret } from "kubernetes-models/v1";
import { environmentSecrets } from "../compose/secrets.ts";
import { readGivenSecrets } from "../config/given-secrets.ts";
import type { Engine, Report, StackKey } from "../engine/engine.ts";
import { environmentFolder, PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { secrets } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { APPLY, FIELD_MANAGER } from "./dry-run.ts";
import { SECRET_NAME } from "./identity.ts";
import { openCluster, type Kubectl } from "./kubectl.ts";
import type { Manifest } from "./manifest.ts";
import { givenSecretManifests, secretManifest } from "./manifests.ts";
import { stackChanges } from "./stack-changes.ts";
import { AROUND, RUNNERS, stackObjects, stackSelector } from "./stack-objects.ts";
import { manifestsYaml } from "./yaml.ts";

const APPLY_MS = 120_000;
/** Longer than the longest grace period of a pod. */
const DELETE_MS = 240_000;

async function apply(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<void> {
  if (manifests.length === 0) return;
  await kubectl.orFail(APPLY, { input: manifestsYaml(manifests, []), deadlineMs: APPLY_MS });
}

/** Removes objects, and waits until their pods are gone too. */
async function remove(kubectl: Kubectl, args: readonly string[]): Promise<void> {
  await kubectl.orFail(["delete", ...args, "--ignore-not-found", "--cascade=foreground", "--wait=true"], { deadlineMs: DELETE_MS });
}

/** Makes the Secret where it or one of its keys is missing. What is in it stays: stores know those passwords. */
async function ensureSecret(kubectl: Kubectl, settings: Settings): Promise<void> {
  const [secret] = await kubectl.items<ISecret>(["secret", SECRET_NAME]);
  const known = Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
  if (secrets.every(({ name }) => (known[name] ?? "") !== "")) return;
  await apply(kubectl, [secretManifest(settings, { ...(await environmentSecrets(settings.environment)), ...known })]);
}

/** @throws UserError where Pulumi has declared the stack: it alone knows its state. */
async function refuseOfPulumi(kubectl: Kubectl, environment: string, stack: StackKey, stackName: string): Promise<void> {
  const objects = await kubectl.items<{ readonly metadata: { readonly managedFields?: readonly { readonly manager?: string }[] } }>([
    RUNNERS,
    "--selector",
    stackSelector(environment, stack),
    "--show-managed-fields",
  ]);
  if (!objects.some(({ metadata }) => metadata.managedFields?.some(({ manager }) => manager?.startsWith("pulumi") === true))) return;
  throw new UserError(
    `${stack} of environment "${environment}" was deployed to the cluster by Pulumi, and kubectl does not know its state.\n` +
      `Go on with it: pulumi up --stack ${stackName}, pulumi destroy --stack ${stackName}`,
  );
}

/** Removes one stack's objects by their labels. Namespace, claims and the Secret stay. */
async function removeStack(kubectl: Kubectl, environment: string, stack: StackKey, report: Report): Promise<void> {
  const selector = ["--selector", stackSelector(environment, stack)];
  report("pods drain and stop");
  await remove(kubectl, [RUNNERS, ...selector]);
  report("services and policies");
  await remove(kubectl, [AROUND, ...selector]);
}

/**
 * Brings stacks to a cluster by server-side apply of the same objects that Pulumi declares: the way for a machine
 * without Pulumi's engine or its kubernetes provider.
 */
export const kubectlEngine: Engine = {
  name: "kubectl",

  async deploy(deployment, report) {
    const { settings, stack, stackName } = deployment;
    const given = givenSecretManifests(settings, readGivenSecrets(settings, PROJECT_ROOT));
    const kubectl = await openCluster(settings);
    await refuseOfPulumi(kubectl, settings.environment, stack, stackName);
    const { runs, surplus } = await stackChanges(kubectl, deployment);
    if (stack === "foundation") {
      report("namespace and secrets");
      await apply(kubectl, runs.map((run) => run.manifest).filter((manifest) => manifest.kind === "Namespace"));
      await ensureSecret(kubectl, settings);
    }
    await apply(kubectl, given);
    for (const { manifest, immutable } of runs) {
      if (immutable === undefined) continue;
      report(`${manifest.metadata.name} is made anew`);
      await remove(kubectl, [manifest.kind, manifest.metadata.name]);
    }
    report(`${runs.length} objects`);
    await apply(kubectl, runs.map((run) => run.manifest));
    for (const { manifest: { kind, metadata }, pods } of runs) {
      if (pods === undefined) continue;
      report(`${metadata.name} loses what was added by hand`);
      const patch = JSON.stringify([{ op: "replace", path: "/spec/template", value: pods }]);
      await kubectl.orFail(["patch", kind, metadata.name, "--type=json", `--field-manager=${FIELD_MANAGER}`, "--patch", patch]);
    }
    for (const { kind, metadata } of surplus) {
      report(`${metadata.name} is not wanted any more`);
      await remove(kubectl, [kind, metadata.name]);
    }
  },

  async remove({ settings, stack, stackName }, report) {
    const kubectl = await openCluster(settings);
    await refuseOfPulumi(kubectl, settings.environment, stack, stackName);
    if ((await stackObjects(kubectl, settings.environment, stack)).length > 0) await removeStack(kubectl, settings.environment, stack, report);
  },

  async purge(targets, report) {
    for (const { settings } of targets) {
      if (settings.colour !== undefined) continue;
      const kubectl = await openCluster(settings);
      report(`namespace ${kubectl.namespace}`);
      await kubectl.orFail(["delete", "namespace", kubectl.namespace, "--ignore-not-found", "--wait=true"], { deadlineMs: DELETE_MS });
      await rm(environmentFolder(settings.environment), { recursive: true, force: true });
    }
  },
};
