import { connect, type Socket } from "node:net";

/** Everything that a server says on one connection until it ends it, or until `isEnough`. */
export interface RawAnswer {
  readonly text: string;
  /** Whether the server ended the connection. */
  readonly closed: boolean;
}

/** Sends bytes as they are and collects what comes back. @param withinMs Longest wait. @default 15000 */
export function sendRaw(port: number, bytes: string, isEnough: (text: string) => boolean = () => false, withinMs = 15_000): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(() => finish(false), withinMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (isEnough(text)) finish(false);
    });
    socket.on("close", () => finish(true));
    // A server that refuses may reset the connection while we still send.
    socket.on("error", () => undefined);
  });
}

/** Statuses of all answers in what a server said. */
export function statusesOf(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}
