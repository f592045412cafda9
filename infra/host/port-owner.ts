import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTEN = "0A";

/** Socket inodes that listen on a port, from the text of `/proc/net/tcp` or `tcp6`. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
    const fields = line.trim().split(/\s+/);
    const inode = fields[9];
    return fields[1]?.split(":")[1] === wanted && fields[3] === LISTEN && inode !== undefined ? [inode] : [];
  });
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    // Another user's process: only root sees its files.
    return false;
  }
}

function listeners(port: number): readonly string[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(readOr(table, ""), port));
}

/**
 * Whether somebody listens on a port; also true where no /proc tells. Who has it otherwise is a connection that goes out
 * from it.
 */
export function isListenedOn(port: number): boolean {
  return readOr("/proc/net/tcp", "") === "" || listeners(port).length > 0;
}

/** The process that listens on a port, as `python3 (process 42)`; undefined where that cannot be seen. */
export function portOwner(port: number): string | undefined {
  const sockets = new Set(listeners(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => holds(candidate, sockets));
  return pid === undefined ? undefined : `${readOr(`/proc/${pid}/comm`, "?").trim()} (process ${pid})`;
}
