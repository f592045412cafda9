import { DRAIN_TIMES } from "../../services/base/lifecycle/drain.ts";
import { allServices } from "../../services/catalogue.ts";
import { isJob } from "../platform/jobs.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import { volumeNames } from "../platform/platform.ts";
import { PORTS } from "../platform/ports.ts";
import type { ContainerRule } from "./rule.ts";

const LOOPBACK = ["127.0.0.1", "::1"];

/** Tag by content, or digest: the same reference is the same image for ever. */
const PINNED = /(:[0-9a-f]{12,64}|@sha256:[0-9a-f]{64})$/;

const SERVICES = new Set(allServices.map((service) => service.name));

/** Seconds that a workload needs from the stop signal to its end, at the least. */
function leastGraceSeconds(workload: string): number {
  return SERVICES.has(workload) ? (DRAIN_TIMES.announceMs + DRAIN_TIMES.inFlightMs) / 1000 : 1;
}

function opened({ workload, networks, ports }: ContainerForm): string | undefined {
  if (networks.some((network) => network.name === "host")) return "shares the host's network, so that each of its ports is open";
  const open = ports.find(
    (port) => !LOOPBACK.includes(port.hostIp) && !(workload === "edge" && port.container === PORTS.edge && port.protocol === "tcp"),
  );
  return open && `publishes port ${open.container} as ${open.host} on ${open.hostIp === "" ? "every address" : open.hostIp}`;
}

/** Volume that carries a workload's data; undefined where it has none. */
function dataVolume(workload: string): string | undefined {
  return volumeNames.find((name) => name === workload);
}

/** What keeps a container from harming others, and what keeps it alive. */
export const operationRules: readonly ContainerRule[] = [
  {
    id: "memory-limit",
    what: "Every container has a memory limit and no swap beyond it.",
    why: "Without one, a single leak takes the whole machine down; with swap, it takes all others' time.",
    fix: "set memory, and memory with swap to the same",
    check: ({ memoryBytes, swapBytes }) => {
      if (memoryBytes <= 0) return "has no memory limit";
      return swapBytes === 0 ? undefined : "may swap beyond its memory limit";
    },
  },
  {
    id: "cpu-limit",
    what: "Every container has a CPU limit.",
    why: "Without one, a busy container starves the others, health checks included.",
    fix: "set cpus",
    check: ({ cpus }) => (cpus > 0 ? undefined : "has no CPU limit"),
  },
  {
    id: "health-check",
    what: "Every container that is no job has a health check.",
    why: "A process that hangs looks alive without one: it is neither restarted nor told of.",
    fix: "give the workload a `live` probe",
    check: ({ workload, health }) => (health !== undefined || isJob(workload) ? undefined : "has no health check"),
  },
  {
    id: "grace-period",
    what: "Every container gets time to stop, and a service at least as long as it drains.",
    why: "What is killed loses the requests that it was answering, and a store recovers at its next start.",
    fix: "raise stop.graceSeconds (under Pulumi stopTimeout and destroyGraceSeconds)",
    check: ({ workload, stop }) => {
      const least = leastGraceSeconds(workload);
      if (stop.graceSeconds >= least) return undefined;
      return stop.graceSeconds === 0 ? "is killed without time to stop" : `gets ${stop.graceSeconds} s to stop, and draining takes up to ${least} s`;
    },
  },
  {
    id: "restart-policy",
    what: "Everything but a job is started again when it ends; a job is not.",
    why: "What has crashed at night has to be back without anybody; a job that is repeated does its work twice.",
    fix: "set restart to unless-stopped, for a job to no",
    check: ({ workload, restart }) => {
      const wanted = isJob(workload) ? ["no"] : ["unless-stopped", "always"];
      return wanted.includes(restart) ? undefined : `has restart policy "${restart}"${isJob(workload) ? ", and is a job" : ""}`;
    },
  },
  {
    id: "log-rotation",
    what: "Logs are rotated.",
    why: "A log without an end fills the disk, and then every store stops.",
    fix: "use log driver json-file with max-size and max-file",
    check: ({ log }) => {
      if (log.driver !== "json-file" && log.driver !== "local") return `logs by driver "${log.driver}", whose rotation is not known`;
      return log.maxSize !== "" && log.maxFiles >= 1 ? undefined : "keeps its log for ever";
    },
  },
  {
    id: "pinned-image",
    what: "Every image is named by its content: a hash as its tag, or a digest.",
    why: "`latest`, or any tag that can move, deploys something else tomorrow, and there is no way back to what ran.",
    fix: "name the image by <name>:<hash of its content> or <name>@sha256:<digest>",
    check: ({ image }) => (PINNED.test(image) ? undefined : `runs image "${image}", whose name does not fix its content`),
  },
  {
    id: "published-ports",
    what: "Ports are published on loopback only, but for the edge's 8000.",
    why: "A store or a service that can be reached from outside is reached past authentication and limits.",
    fix: "publish the port with exposure loopback, or not at all: containers reach each other by name",
    check: opened,
  },
  {
    id: "data-on-volume",
    what: "What keeps data keeps it on its named volume.",
    why: "Everything else goes with the container, and containers are replaced.",
    fix: "mount the volume of that workload",
    check: ({ workload, mounts }) => {
      const volume = dataVolume(workload);
      if (volume === undefined) return undefined;
      const named = mounts.some((mount) => mount.type === "volume" && mount.volume.endsWith(`-${volume}`));
      return named ? undefined : "keeps its data in the container, not on a named volume";
    },
  },
];
