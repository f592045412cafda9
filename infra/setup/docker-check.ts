import { engineVersion } from "../host/docker.ts";
import { lastLines, run } from "../host/run.ts";
import { bad, good, type Check } from "./check.ts";
import { aptInstall, DOCKERD_LOG, mayInstall, startEngine } from "./debian.ts";

const NAME = "Docker engine";
/** Oldest engine that the platform was seen to run on. */
const OLDEST_ENGINE = 20;

async function hasProgram(name: string): Promise<boolean> {
  return (await run(name, ["--version"], { deadlineMs: 15_000 })).code === 0;
}

/** Docker's CLI is here and its engine answers. As root on Debian or Ubuntu it is installed and started. */
export const dockerCheck: Check = {
  name: NAME,
  async run({ repair, report }) {
    const install = "apt-get update && apt-get install docker.io";
    if (!(await hasProgram("docker"))) {
      if (!repair || !mayInstall())
        return bad(
          NAME,
          "the program `docker` is not on the PATH",
          mayInstall() ? `${install} (./astra up does it)` : `as root: ${install}, or see https://docs.docker.com/engine/install`,
        );
      await aptInstall(["docker.io"], report);
      // Where `docker` comes in a package of its own (Debian 13), docker.io brings the engine only.
      if (!(await hasProgram("docker"))) await aptInstall(["docker-cli"], report);
    }
    let version = await engineVersion();
    if ("problem" in version && repair && process.getuid?.() === 0 && process.env["DOCKER_HOST"] === undefined) {
      if (mayInstall() && !(await hasProgram("dockerd"))) await aptInstall(["docker.io"], report);
      await startEngine(report);
      version = await engineVersion();
    }
    if ("problem" in version) {
      const reason = lastLines(version.problem, 1);
      if (/permission denied/i.test(version.problem))
        return bad(NAME, reason, "sudo usermod -aG docker $USER, then log in again; or run this as root");
      return bad(
        NAME,
        reason,
        process.getuid?.() === 0
          ? `systemctl start docker, or look at why dockerd does not start (log of a start by ./astra: ${DOCKERD_LOG})`
          : "sudo systemctl start docker",
      );
    }
    if (version.major < OLDEST_ENGINE)
      return bad(NAME, `version ${version.version} is too old`, `install Docker ${OLDEST_ENGINE}.10 or newer`);
    return good(NAME, version.version);
  },
};
