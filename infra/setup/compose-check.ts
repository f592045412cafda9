import { compareVersions, findComposeTool, OLDEST_COMPOSE } from "../compose/compose-tool.ts";
import { bad, good, type Check } from "./check.ts";
import { aptInstall, mayInstall } from "./debian.ts";

const NAME = "Docker Compose";

/** `docker compose` or docker-compose is here. As root on Debian or Ubuntu it is installed. */
export const composeCheck: Check = {
  name: NAME,
  async run({ compose, repair, report }) {
    if (!compose) return good(NAME, "not needed: Pulumi deploys");
    let tool = await findComposeTool();
    if (tool === undefined && repair && mayInstall()) {
      await aptInstall(["docker-compose"], report);
      tool = await findComposeTool();
    }
    const fix = "as root: apt-get install docker-compose, or see https://docs.docker.com/compose/install";
    if (tool === undefined) return bad(NAME, "neither `docker compose` nor `docker-compose` is here", fix);
    if (compareVersions(tool.version, OLDEST_COMPOSE) < 0)
      return bad(NAME, `version ${tool.version} is too old: ${OLDEST_COMPOSE} or newer is needed`, fix);
    return good(NAME, `${[tool.program, ...tool.args].join(" ")} ${tool.version}`);
  },
};
