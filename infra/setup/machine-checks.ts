import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { environmentContainers } from "../host/containers.ts";
import { docker } from "../host/docker.ts";
import { STATE_FOLDER } from "../host/paths.ts";
import { bad, good, type Check } from "./check.ts";

/** Images, build cache, logs and the first data. */
const DISK_NEEDED_MB = 3_000;
/** One colour and the foundation at rest take 1.2 GB at most; a second colour stands beside it for a while. */
const MEMORY_NEEDED_MB = 1_500;
const MIB = 1024 * 1024;

async function dockerFolder(): Promise<string> {
  const result = await docker(["info", "--format", "{{.DockerRootDir}}"]);
  const folder = result.stdout.trim();
  // Where the engine runs in a machine of its own, its folder is not here.
  return folder !== "" && existsSync(folder) ? folder : existsSync(STATE_FOLDER) ? STATE_FOLDER : ".";
}

export const diskCheck: Check = {
  name: "disk",
  async run() {
    const folder = await dockerFolder();
    const facts = await statfs(folder);
    const freeMb = Math.floor((facts.bavail * facts.bsize) / MIB);
    const detail = `${freeMb} MB free in ${folder}`;
    if (freeMb >= DISK_NEEDED_MB) return good("disk", detail);
    return bad("disk", `${detail}, ${DISK_NEEDED_MB} MB are needed`, "docker system prune, or make room otherwise");
  },
};

/** Memory that processes can still get, in MB. */
export function availableMb(): number {
  try {
    const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"));
    if (match) return Math.floor(Number(match[1]) / 1024);
  } catch {
    // Not Linux: what the runtime knows.
  }
  return Math.floor(freemem() / MIB);
}

export const memoryCheck: Check = {
  name: "memory",
  async run({ environment }) {
    const freeMb = availableMb();
    const running = (await environmentContainers(environment)).filter((container) => container.state === "running");
    const detail = `${freeMb} MB available`;
    if (running.length > 0) return good("memory", `${detail}, ${running.length} containers run already`);
    if (freeMb >= MEMORY_NEEDED_MB) return good("memory", detail);
    return bad("memory", `${detail}, ${MEMORY_NEEDED_MB} MB are needed`, "end other programs, or use a larger machine");
  },
};
