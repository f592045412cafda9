import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { docker, dockerOrFail } from "../../infra/host/docker.ts";
import { allServices } from "../../services/catalogue.ts";
import { meanwhile } from "../support/meanwhile.ts";
import { waitFor } from "../support/wait-for.ts";
import { astraOk } from "./astra.ts";
import { idsOf, realContainers } from "./inspect.ts";
import { underMixedLoad } from "./mixed-load.ts";

const PER_SECOND = 100;
const HOOK = "http://127.0.0.1:9/alerts";
/** The edge asks instances for their weight every 300 ms: one that had none must not get requests in between. */
const AFTER_RELOAD_MS = 1_500;

/** Changes the configuration of the edge and of monitoring while blue serves and green stands by; afterwards it is as before. */
export function configurationTests({ environment, portOffset }: { readonly environment: string; readonly portOffset: number }): void {
  const here = ["--environment", environment];
  const edge = `http://127.0.0.1:${8000 + portOffset}`;
  const job = `astra-${environment}-configure-1`;
  const others = async (): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(Object.entries(await idsOf(environment)).filter(([name]) => name !== job));

  /** Webhooks that the Alertmanager posts to; it tells no addresses. */
  const webhooks = async (): Promise<number> =>
    (await (await fetch(`http://127.0.0.1:${9093 + portOffset}/api/v2/status`)).text()).split("webhook_configs").length - 1;

  /** How often the edge has taken a configuration. */
  const loads = async (): Promise<number> => {
    const { stdout, stderr } = await docker(["logs", `astra-${environment}-edge-1`]);
    return (stdout + stderr).split("Loading success").length - 1;
  };

  /** Runs the job by hand, with one variable changed. */
  const configureWith = async (variable: string): Promise<void> => {
    const found = (await realContainers(environment)).find(({ Name }) => Name === `/${job}`);
    const image = (await dockerOrFail(["container", "inspect", "--format", "{{.Config.Image}}", job])).trim();
    const variables = [...(found?.Config.Env ?? []), variable].flatMap((entry) => ["--env", entry]);
    const confined = ["--network=none", "--cap-drop=ALL", "--read-only", "--tmpfs=/tmp"];
    await dockerOrFail(["run", "--rm", ...confined, `--volume=astra-${environment}-configuration:/configuration`, ...variables, image], { deadlineMs: 60_000 });
  };

  test("takes a new configuration of the edge and of monitoring without a restart or a failed request (R-DEP-2, R-MON-1)", async () => {
    const before = await others();
    const reloads = await loads();
    const hooks = await webhooks();
    const ofGreen: string[] = [];
    let asked = 0;
    const { failed, sent } = await underMixedLoad(edge, PER_SECOND, async () => {
      const askColour = async (): Promise<void> => {
        const { colour } = (await (await fetch(`${edge}/health`)).json()) as { readonly colour: string };
        asked += 1;
        if (colour !== "blue") ofGreen.push(new Date().toISOString());
      };
      await meanwhile(10, askColour, async () => {
        expect(await astraOk("preview", ...here, "--config", `alertWebhook=${HOOK}`)).toContain("nothing restarts, no request is dropped");
        await astraOk("up", "green", ...here, "--config", `alertWebhook=${HOOK}`);
        await waitFor("the Alertmanager to know the webhook", async () => ((await webhooks()) === hooks + 1 ? true : undefined));
        expect(await loads()).toBe(reloads);

        // The same for whoever sends requests, and another file.
        await configureWith(`ASTRA_EDGE_BACKENDS=${allServices.map(({ name, port }) => `${name}:${port}`).reverse().join(" ")}`);
        await waitFor("the edge to load another configuration", async () => ((await loads()) === reloads + 1 ? true : undefined));
        await sleep(AFTER_RELOAD_MS);

        await astraOk("up", "green", ...here, "--config", "alertWebhook=");
        await waitFor("the edge to load its own again", async () => ((await loads()) === reloads + 2 ? true : undefined));
        await sleep(AFTER_RELOAD_MS);
      });
    });
    expect(failed).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    // Green stands by: it gets none, also not while the edge asks anew for weights.
    expect(asked).toBeGreaterThan(100);
    expect(ofGreen).toEqual([]);
    expect(await others()).toEqual(before);
    await waitFor("the Alertmanager to forget the webhook", async () => ((await webhooks()) === hooks ? true : undefined));
  });

  test("refuses a configuration that the edge does not take, and leaves the one before in force (R-DEP-2)", async () => {
    const reloads = await loads();
    await expect(configureWith("ASTRA_EDGE_BACKENDS=gateway:99999")).rejects.toThrow(/invalid port[\s\S]*haproxy does not take this configuration. Nothing was changed/);
    await sleep(AFTER_RELOAD_MS);
    expect(await loads()).toBe(reloads);
    expect((await fetch(`${edge}/health`)).status).toBe(200);
  });
}
