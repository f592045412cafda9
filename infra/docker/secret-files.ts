import { Container, Volume, type types } from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { ContainerSpec } from "../platform/container.ts";
import { APP_USER, LOG_ROTATION } from "../platform/defaults.ts";
import { LABELS } from "../platform/labels.ts";
import { containerName, SECRETS_WRITER, secretsVolumeName } from "../platform/names.ts";
import type { SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { attemptLabel, type Attempts, endedWell } from "./job.ts";

/** Values of secrets, by name; secret outputs all of them. */
export type SecretValues = (name: SecretName) => pulumi.Output<string>;

export interface SecretFilesArgs {
  readonly settings: Settings;
  readonly containers: readonly ContainerSpec[];
  readonly values: SecretValues;
  /** Image with `chown`: the base of all others. */
  readonly image: string;
  readonly attempts: Attempts;
}

export interface SecretFiles {
  /** Volume with a workload's secret files; absent where it needs none. */
  readonly volumeOf: (workload: string) => pulumi.Output<string> | undefined;
  /** The files are in their place. */
  readonly written: pulumi.Output<pulumi.Resource>;
}

/** Name of the container that writes a stack's secret files. */
export function secretsWriterName(settings: Settings): string {
  return containerName(settings.environment, settings.colour, SECRETS_WRITER, 1);
}

const STAGE = "/secrets";
const WRITER_MEMORY_MB = 64;

/** Names of the secrets that each workload mounts, in the order of the workloads. */
function secretsByWorkload(containers: readonly ContainerSpec[]): ReadonlyMap<string, readonly SecretName[]> {
  return new Map(
    containers.flatMap((spec) =>
      spec.mounts.flatMap((mount) => (mount.type === "secrets" ? [[spec.workload, mount.names] as const] : [])),
    ),
  );
}

/**
 * Brings secrets to containers as files, not as environment: a small volume for each workload, filled by one short
 * container. Uploads cannot go into a container with a read-only root, hence a container of its own. It is the only
 * one that runs as root, without a network and with nothing but the right to give files away.
 */
export function secretFiles(name: string, args: SecretFilesArgs, opts: pulumi.CustomResourceOptions): SecretFiles {
  const { settings } = args;
  const wanted = secretsByWorkload(args.containers);
  const volumes = new Map(
    [...wanted.keys()].map((workload) => [
      workload,
      new Volume(
        `${name}-secrets-${workload}`,
        {
          name: secretsVolumeName(settings.environment, settings.colour, workload),
          labels: [{ label: LABELS.environment, value: settings.environment }],
        },
        { ...opts, ignoreChanges: ["labels", "driver", "driverOpts"] },
      ),
    ]),
  );
  const uploads: types.input.ContainerUpload[] = [...wanted].flatMap(([workload, names]) =>
    names.map((secret) => ({
      file: `${STAGE}/${workload}/${secret}`,
      content: args.values(secret),
      permissions: "0400",
    })),
  );
  const writerName = secretsWriterName(settings);
  const writer = new Container(
    `${name}-secrets-writer`,
    {
      name: writerName,
      image: args.image,
      command: ["chown", "-R", APP_USER, STAGE],
      user: "0:0",
      networkMode: "none",
      capabilities: { adds: ["CAP_CHOWN"], drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      mounts: [...volumes].map(([workload, volume]) => ({
        type: "volume",
        source: volume.name,
        target: `${STAGE}/${workload}`,
      })),
      uploads,
      memory: WRITER_MEMORY_MB,
      memorySwap: WRITER_MEMORY_MB,
      cpus: "0.5",
      restart: "no",
      logDriver: "json-file",
      logOpts: { "max-size": `${LOG_ROTATION.maxSizeMb}m`, "max-file": String(LOG_ROTATION.maxFiles) },
      labels: [
        ...(settings.colour ? [{ label: LABELS.colour, value: settings.colour }] : []),
        { label: LABELS.environment, value: settings.environment },
        { label: LABELS.version, value: args.image },
        { label: LABELS.workload, value: SECRETS_WRITER },
        ...attemptLabel(args.attempts, writerName),
      ],
      mustRun: false,
      attach: true,
      logs: true,
    },
    // A volume that was made anew is empty: then the files are written again.
    { ...opts, deleteBeforeReplace: true, replaceWith: [...volumes.values()] },
  );
  return {
    volumeOf: (workload) => volumes.get(workload)?.name,
    written: endedWell(writer, writerName),
  };
}
