import { ENGINE_SOCKET } from "../platform/defaults.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import type { ContainerRule } from "./rule.ts";
import { isSecretName, secretKind } from "./secret-looking.ts";

const NUMERIC_USER = /^[1-9]\d*(:[1-9]\d*)?$/;

function secretsInClear({ environment, command }: ContainerForm): string | undefined {
  const named = Object.entries(environment).find(([name, value]) => isSecretName(name, value));
  if (named) return `has ${named[0]} in its environment, by its name a secret`;
  for (const [name, value] of Object.entries(environment)) {
    const kind = secretKind(value);
    if (kind !== undefined) return `has ${name} in its environment, whose value looks like ${kind}`;
  }
  const kind = (command ?? []).map(secretKind).find((found) => found !== undefined);
  return kind === undefined ? undefined : `has what looks like ${kind} in its command`;
}

function boundPaths(mounts: ContainerForm["mounts"]): readonly string[] {
  return mounts.flatMap((mount) => (mount.type === "bind" ? [mount.source] : []));
}

function isEngineSocket(path: string): boolean {
  return path === ENGINE_SOCKET || /(docker|containerd|podman)\.sock$/.test(path);
}

/** What a container may do, and what somebody who breaks into one could. */
export const confinementRules: readonly ContainerRule[] = [
  {
    id: "non-root-user",
    what: "Every container runs as a user other than root, given by number.",
    why: "Root in a container is root in whatever it gets hold of outside; and nobody can prove of a name that it is not root.",
    fix: "set user to numbers such as 1000:1000",
    check: ({ user }) => {
      if (NUMERIC_USER.test(user)) return undefined;
      return user === "" ? "runs as whatever user its image names" : `runs as user "${user}"`;
    },
  },
  {
    id: "read-only-root",
    what: "The root file system is read-only; what is written goes to a volume or to tmpfs.",
    why: "What cannot be written cannot be replaced by an intruder, and nothing is lost with the container.",
    fix: "make the root read-only, and declare a volume or tmpfs for each folder that is written",
    check: ({ readOnlyRoot }) => (readOnlyRoot ? undefined : "can write its root file system"),
  },
  {
    id: "no-capabilities",
    what: "All capabilities are dropped, none is added, and nothing is privileged.",
    why: "Each of them is a part of root's power, and nothing here needs one.",
    fix: "drop ALL, add none, remove privileged",
    check: ({ privileged, capabilitiesAdded, capabilitiesDropped }) => {
      if (privileged) return "is privileged";
      if (capabilitiesAdded.length > 0) return `is given ${capabilitiesAdded.join(", ")}`;
      return capabilitiesDropped.includes("ALL") ? undefined : "keeps Docker's default capabilities";
    },
  },
  {
    id: "no-new-privileges",
    what: "No process gains privileges by starting another program.",
    why: "A setuid program that an image happens to hold would undo the other rules.",
    fix: "set the security option no-new-privileges",
    check: ({ noNewPrivileges }) => (noNewPrivileges ? undefined : "may gain privileges by a setuid program"),
  },
  {
    id: "no-secrets-in-environment",
    what: "No secret stands in the environment or in the command.",
    why: "Both are shown by `docker inspect`, in crash reports and in child processes. Secrets are files below /run/secrets.",
    fix: "declare the secret in infra/platform/secrets.ts, mount it, and read its file",
    check: secretsInClear,
  },
  {
    id: "engine-socket",
    what: "Nothing but the agent gets the container engine's socket.",
    why: "Who has it rules the machine, read-only or not.",
    fix: "ask the agent, or Prometheus",
    check: ({ mounts }) => {
      const socket = boundPaths(mounts).find(isEngineSocket);
      return socket && `mounts the container engine's socket ${socket}`;
    },
  },
  {
    id: "no-host-paths",
    what: "Nothing else of the host is mounted.",
    why: "A path of the host ties a container to one machine, and opens what lies below it.",
    fix: "use a named volume, or put the file into the image",
    check: ({ mounts }) => {
      const path = boundPaths(mounts).find((source) => !isEngineSocket(source));
      return path && `mounts ${path} of the host`;
    },
  },
];
