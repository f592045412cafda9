import { connect } from "node:net";
import { dockerOrFail } from "../../infra/host/docker.ts";
import type { StoreContainer } from "../../tests/support/store-containers.ts";

async function isReachable(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1_000 });
  try {
    return await new Promise((resolve) => {
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false)).on("timeout", () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/**
 * A container's own address, which services on its network use: the published port of this machine leads through a proxy
 * process of Docker's. The published port where the own address cannot be reached from here.
 */
export async function directly({ id, host, port }: StoreContainer, ownPort: number): Promise<{ readonly host: string; readonly port: number }> {
  const address = (await dockerOrFail(["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", id])).trim().split(" ")[0] ?? "";
  return address !== "" && (await isReachable(address, ownPort)) ? { host: address, port: ownPort } : { host, port };
}
