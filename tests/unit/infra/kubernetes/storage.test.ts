import { describe, expect, test } from "vitest";
import { requireStorage, storageProblem } from "../../../../infra/kubernetes/storage.ts";
import type { Kubectl } from "../../../../infra/kubernetes/kubectl.ts";

const none = { classes: [], freeVolumes: 0, boundClaims: 0 };
const fast = { name: "fast", isDefault: false };

describe("storage of a cluster (R-DEP-7)", () => {
  test.each([
    ["a default class", { ...none, classes: [{ ...fast, isDefault: true }] }, undefined],
    ["the class that config names", { ...none, classes: [fast] }, "fast"],
    ["volumes made by hand", { ...none, freeVolumes: 4 }, undefined],
    ["the claims of a deployment before", { ...none, boundClaims: 4 }, undefined],
  ])("is there with %s", (_, storage, wanted) => {
    expect(storageProblem(storage, wanted)).toBeUndefined();
  });

  test("is named where stores would wait for ever, with what there is instead", () => {
    expect(storageProblem(none, undefined)).toMatch(/no default StorageClass and no free volume[\s\S]*The cluster has none\.$/);
    expect(storageProblem({ ...none, classes: [fast] }, undefined)).toContain("There is: fast.");
    expect(storageProblem({ ...none, classes: [fast] }, "slow")).toBe(
      'The cluster has no StorageClass "slow", which astratrade:kubernetes.storageClass names. There is: fast.',
    );
  });

  const cluster = (lists: Readonly<Record<string, readonly unknown[]>>) =>
    ({
      items: async ([kind = ""]: readonly string[]) => {
        await Promise.resolve();
        const found = lists[kind];
        if (found === undefined) throw new Error("forbidden");
        return found;
      },
    }) as unknown as Kubectl;
  const settings = { kubernetes: { entry: "ClusterIP", volumes: {}, autoscaling: {} } } as const;
  const metadata = { name: "one" };

  test("is read from what the cluster lists: a volume of a class, or one that is taken, is not free", async () => {
    const lists = {
      storageclasses: [{ metadata }],
      persistentvolumes: [
        { metadata, spec: { storageClassName: "fast" }, status: { phase: "Available" } },
        { metadata, spec: {}, status: { phase: "Bound" } },
      ],
      persistentvolumeclaims: [{ metadata, status: { phase: "Pending" } }],
    };
    await expect(requireStorage(cluster(lists), settings)).rejects.toThrow("no default StorageClass");
    const isDefault = { name: "one", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } };
    await requireStorage(cluster({ ...lists, storageclasses: [{ metadata: isDefault }] }), settings);
    await requireStorage(cluster({ ...lists, persistentvolumes: [{ metadata, spec: {}, status: { phase: "Available" } }] }), settings);
    await requireStorage(cluster({ ...lists, persistentvolumeclaims: [{ metadata, status: { phase: "Bound" } }] }), settings);
  });

  test("is not asked for where a person may not list it", async () => {
    await requireStorage(cluster({ persistentvolumeclaims: [] }), settings);
  });
});
