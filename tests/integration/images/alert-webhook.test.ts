import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../infra/host/docker.ts";
import { PROJECT_ROOT } from "../../../infra/host/paths.ts";
import { buildImages, ensureParentImages } from "../../../infra/images/build.ts";
import { imagePlan, imageReferences, parentImages } from "../../../infra/images/plan.ts";
import { writeConfiguration, type WrittenConfiguration } from "../../support/configuration.ts";
import { freePort, removeContainer, startContainer, stopContainer } from "../../support/docker.ts";
import { waitFor } from "../../support/wait-for.ts";

interface Notification {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

describe("Alertmanager with a webhook (R-MON-2)", () => {
  const network = `astra-test-${randomBytes(6).toString("hex")}`;
  const containers: Record<string, string> = {};
  let configuration: WrittenConfiguration | undefined;
  let receiver = "";
  let alertmanager = "";

  const posted = async (): Promise<readonly Notification[]> => (await (await fetch(receiver)).json()) as Notification[];
  const fire = async (labels: Readonly<Record<string, string>>): Promise<number> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${alertmanager}/api/v2/alerts`, { method: "POST", headers, body: JSON.stringify([{ labels }]) })).status;
  };

  beforeAll(async () => {
    const plan = await imagePlan(undefined, { names: ["configure", "alertmanager"] });
    await buildImages(plan);
    const { node } = await parentImages();
    await ensureParentImages([node]);
    await dockerOrFail(["network", "create", network]);
    const [receiverPort, alertPort] = [await freePort(), await freePort()];
    receiver = `http://127.0.0.1:${receiverPort}`;
    alertmanager = `http://127.0.0.1:${alertPort}`;
    containers["receiver"] = await startContainer([
      `--network=${network}`,
      "--network-alias=receiver",
      `--volume=${join(PROJECT_ROOT, "tests", "support", "alert-receiver.ts")}:/receiver.ts:ro`,
      `--publish=127.0.0.1:${receiverPort}:9000`,
      node.reference,
      "node",
      "/receiver.ts",
    ]);
    const images = imageReferences(plan);
    configuration = await writeConfiguration(images, ["--env=ASTRA_ALERT_WEBHOOK=http://receiver:9000/hook?team=1"]);
    containers["alertmanager"] = await startContainer([
      `--network=${network}`,
      "--mount=type=tmpfs,target=/tmp,tmpfs-size=16m",
      "--volume=/alertmanager",
      `--publish=127.0.0.1:${alertPort}:9093`,
      configuration.mount,
      images["alertmanager"] ?? "",
    ]);
    await waitFor("Alertmanager", async () => ((await fetch(`${alertmanager}/-/ready`)).ok ? true : undefined));
    await waitFor("the receiver", async () => ((await fetch(receiver)).ok ? true : undefined));
  });
  afterAll(async () => {
    for (const id of Object.values(containers)) await removeContainer(id);
    await configuration?.remove();
    await dockerOrFail(["network", "rm", network]);
  });

  it("posts what fires", async () => {
    expect(await fire({ alertname: "GatewayDown", severity: "critical", component: "gateway" })).toBe(200);
    const first = await waitFor("the notification", async () => (await posted())[0]);
    expect(first.status).toBe("firing");
    expect(first.alerts[0]?.labels).toEqual({ alertname: "GatewayDown", severity: "critical", component: "gateway" });
  });

  it("posts the watchdog too, so that its absence can be noticed", async () => {
    await fire({ alertname: "Watchdog", severity: "none", component: "monitoring" });
    await waitFor("the watchdog", async () => ((await posted()).some(({ alerts }) => alerts[0]?.labels["alertname"] === "Watchdog") ? true : undefined));
  });

  it("keeps back what a graver alert of the same thing says already", async () => {
    await fire({ alertname: "EdgeConnectionsNearLimit", severity: "warning", component: "gateway" });
    await waitFor("the alert in Alertmanager", async () => {
      const alerts = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as { labels: Record<string, string>; status: { state: string } }[];
      return alerts.find((alert) => alert.labels["alertname"] === "EdgeConnectionsNearLimit")?.status.state === "suppressed" ? true : undefined;
    });
  });

  it("ends with exit code 0, though a script starts it", async () => {
    expect(await stopContainer(containers["alertmanager"] ?? "")).toBe(0);
  });
});
