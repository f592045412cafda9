import { hostname, userInfo } from "node:os";

/** Who runs this command, for the table and the history: `name@machine`. */
export function operator(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user id without a name, as in a container.
    return `uid ${process.getuid?.() ?? "?"}@${hostname()}`;
  }
}
