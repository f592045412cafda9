import { networkInterfaces } from "node:os";

/** Address under which other containers reach this process: the first IPv4 that leads outside, else loopback. */
export function reachableAddress(listenHost: string): string {
  if (listenHost !== "0.0.0.0" && listenHost !== "::") return listenHost;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === "IPv4" && !address.internal);
  return outside?.address ?? "127.0.0.1";
}
