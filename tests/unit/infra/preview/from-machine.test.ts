import { expect, test } from "vitest";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { previewOnMachine, type Machine } from "../../../../infra/preview/from-machine.ts";
import { counts, critical, describeCounts } from "../../../../infra/preview/preview.ts";
import { previewText } from "../../../../infra/preview/text.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const VOLUMES = ["postgres", "redis", "prometheus", "alertmanager", "grafana", "configuration"].map((name) => `astra-dev-${name}`);

/** A machine on which this stack runs. */
function running(stack: ReturnType<typeof testStack>): Machine {
  return { containers: stack.containers.map((spec) => containerOf(spec)), forms: stack.containers.map(formOf), volumes: VOLUMES };
}

const foundation = testStack("foundation");

test("nothing changes where everything runs as it shall", () => {
  const preview = previewOnMachine(foundation, running(foundation));
  expect(preview).toEqual({ items: [], unchanged: foundation.containers.length });
  expect(previewText(preview)).toBe(`no changes; ${foundation.containers.length} unchanged.`);
});

test("on an empty machine every container is created, and the volumes that are missing", () => {
  const preview = previewOnMachine(foundation, { containers: [], forms: [], volumes: ["astra-dev-redis"] });
  expect(counts(preview.items)).toEqual({ create: foundation.containers.length + 5, update: 0, replace: 0, delete: 0 });
  expect(preview.items.filter((item) => item.kind === "volume").map((item) => item.name)).not.toContain("astra-dev-redis");
});

test("stores that are replaced come first, with what that interrupts, then every field with old and new", () => {
  const head = testStack("foundation", { "resources.postgres.memoryMb": "768", "resources.prometheus.cpus": "1" });
  const preview = previewOnMachine(head, running(foundation));
  expect(describeCounts(preview.items)).toBe("2 to replace");
  expect(previewText(preview).split("\n")).toEqual([
    `2 to replace; ${foundation.containers.length - 2} unchanged.`,
    "",
    "This touches data, or interrupts requests:",
    "  ! replace astra-dev-postgres-1: It stops and starts again on the same volume. While it is away: services answer 503 to all that needs the database, and nothing is lost. Measured: 2 s on a calm machine, 27 s on a busy one; longer with more data.",
    "  ! replace astra-dev-prometheus-1: It stops and starts again on the same volume. While it is away: nothing is measured, and no alert fires; requests are served as before. A few seconds.",
    "",
    "foundation:",
    "  ± replace  astra-dev-postgres-1",
    "               memory: 512 MiB -> 768 MiB",
    "  ± replace  astra-dev-prometheus-1",
    "               cpus: 0.5 -> 1",
  ]);
});

test("a replaced service is no matter of data: the other colour serves", () => {
  const blue = testStack("blue");
  const preview = previewOnMachine(testStack("blue", { logLevel: "debug" }), { ...running(blue), volumes: [] });
  expect(counts(preview.items).replace).toBe(blue.containers.length);
  expect(critical(preview.items)).toEqual([]);
});

test("a container that has stopped is started, and one that is not wanted any more is deleted", () => {
  const wide = testStack("blue", { "replicas.user": "2" });
  const machine = running(wide);
  const stopped = machine.containers.map((container) => (container.workload === "nft" ? { ...container, state: "exited" } : container));
  const preview = previewOnMachine(testStack("blue"), { ...machine, containers: stopped });
  expect(preview.items.filter((item) => item.change !== "replace").map(({ name, change, fields }) => ({ name, change, fields }))).toEqual([
    { name: "astra-dev-blue-nft-1", change: "update", fields: [{ field: "state", from: "exited", to: "running" }] },
    { name: "astra-dev-blue-user-2", change: "delete", fields: [] },
  ]);
});

test("a change of the edge's or of monitoring's configuration restarts nothing, and says so", () => {
  const machine = running(foundation);
  const forms = machine.forms.map((form) => (form.workload === "configure" ? { ...form, image: "astratrade/configure:before" } : form));
  const containers = machine.containers.map((container) => (container.workload === "configure" ? { ...container, spec: "before" } : container));
  const preview = previewOnMachine(foundation, { ...machine, forms, containers });
  expect(critical(preview.items)).toEqual([]);
  expect(preview.items.map(({ name, change, note }) => [name, change, note])).toEqual([
    ["astra-dev-configure-1", "replace", expect.stringContaining("nothing restarts, no request is dropped")],
  ]);
});

test("a difference that the engine does not tell is said to be one", () => {
  const machine = running(foundation);
  const containers = machine.containers.map((container) => (container.workload === "redis" ? { ...container, spec: "older" } : container));
  const [item] = previewOnMachine(foundation, { ...machine, containers }).items;
  expect(item).toMatchObject({
    name: "astra-dev-redis-1",
    change: "replace",
    fields: [],
    note: "differs in what the engine does not tell: names of its secret files, or order of start",
  });
});
