import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { messageOf, UserError } from "../host/user-error.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

const PATIENCE_MS = 10_000;

/**
 * Asks a cluster for its version, so that nothing is begun that cannot be done. An answer that refuses is one: who may
 * do what is decided where it is done.
 * @throws UserError in one line when the cluster does not answer.
 */
export async function requireCluster(access: ClusterAccess): Promise<void> {
  const url = new URL("/version", access.server);
  const request = url.protocol === "http:" ? httpRequest : httpsRequest;
  try {
    await new Promise<void>((resolve, reject) => {
      const asked = request(
        url,
        {
          ...(access.authority === undefined ? {} : { ca: access.authority }),
          ...(access.certificate === undefined ? {} : { cert: access.certificate }),
          ...(access.key === undefined ? {} : { key: access.key }),
          timeout: PATIENCE_MS,
        },
        (response) => {
          response.resume();
          resolve();
        },
      );
      asked.on("timeout", () => asked.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
      asked.on("error", reject);
      asked.end();
    });
  } catch (cause) {
    throw new UserError(
      `The cluster of context "${access.context}" does not answer at ${access.server}: ${messageOf(cause)}. Start it, or choose another by astratrade:kubernetes.context.`,
      { cause },
    );
  }
}
