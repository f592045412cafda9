import { dockerOrFail } from "../../infra/host/docker.ts";
import { waitFor } from "../support/wait-for.ts";

/** What planted answers say, so that they are told from those that nobody has planted. */
export const PLANTED = "planted-error";

/** Runs in the service's process: from now on a share of the API's answers are errors. */
function patchOf(share: number): string {
  const body = JSON.stringify({ type: "about:blank", title: "A test planted this", status: 500, code: PLANTED });
  return `(() => {
    const { Server } = process.getBuiltinModule("node:http");
    const { emit } = Server.prototype;
    let count = 0;
    Server.prototype.emit = function (event, request, response) {
      // Every so manieth, so that the share is exact from the beginning.
      if (event !== "request" || !request.url.startsWith("/api/") || Math.floor(++count * ${share}) === Math.floor((count - 1) * ${share}))
        return emit.apply(this, arguments);
      request.resume();
      response.writeHead(500, { "content-type": "application/problem+json" }).end(${JSON.stringify(body)});
      return true;
    };
    return "planted";
  })()`;
}

/** Runs in a second process beside the service: gives the service's debugger the patch. */
function clientOf(expression: string): string {
  return `
    const [{ webSocketDebuggerUrl }] = await (await fetch("http://127.0.0.1:9229/json/list")).json();
    const socket = new WebSocket(webSocketDebuggerUrl);
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = () => reject(new Error("no debugger")); });
    socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression: ${JSON.stringify(expression)}, returnByValue: true } }));
    console.log(await new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data); }));
    socket.close();`;
}

/**
 * Lets a running service answer a share (0 to 1] of its requests with an error, until its container is started anew. The
 * image and the program stay as they are: the change goes in through Node's debugger, which a signal opens inside of the
 * container.
 */
export async function plantErrors(container: string, share: number): Promise<void> {
  await dockerOrFail(["kill", "--signal", "USR1", container]);
  const client = clientOf(patchOf(share));
  await waitFor(`the debugger of ${container}`, async () => {
    const said = await dockerOrFail(["exec", container, "node", "--input-type=module", "--eval", client]);
    return said.includes('"planted"') ? true : undefined;
  });
}
