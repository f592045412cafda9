import { constants } from "node:fs";
import { access, chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { secretsFile } from "../compose/secrets.ts";
import { STATE_FOLDER } from "../host/paths.ts";
import { bad, good, type Check, type Finding } from "./check.ts";

const NAME = "file permissions";

/** What is wrong with one path; undefined: nothing, or it is not there. */
async function problemOf(path: string, repair: boolean): Promise<Finding | undefined> {
  let mode: number;
  try {
    mode = (await stat(path)).mode;
  } catch {
    return undefined;
  }
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch {
    return bad(NAME, `${path} belongs to another user`, `sudo chown -R $(id -u) ${STATE_FOLDER}`);
  }
  if ((mode & 0o077) === 0) return undefined;
  const wanted = mode & 0o700;
  if (repair) {
    await chmod(path, wanted);
    return undefined;
  }
  return bad(NAME, `others may read ${path}`, `chmod ${wanted.toString(8)} ${path}`);
}

/** The state folder is ours, and nobody else reads the secrets in it. */
export const permissionsCheck: Check = {
  name: NAME,
  async run({ environment, repair }) {
    try {
      await mkdir(STATE_FOLDER, { recursive: true, mode: 0o700 });
    } catch {
      return bad(NAME, `${STATE_FOLDER} cannot be created`, "run this as the owner of the checkout");
    }
    const paths = [STATE_FOLDER, secretsFile(environment), join(STATE_FOLDER, "passphrase")];
    for (const path of paths) {
      const problem = await problemOf(path, repair);
      if (problem) return problem;
    }
    return good(NAME, STATE_FOLDER);
  },
};
