import { describe, expect, test } from "vitest";
import { STACKS } from "../../../../infra/engine/model.ts";
import { fromInspect } from "../../../../infra/host/from-inspect.ts";
import { formOf } from "../../../../infra/platform/container-form.ts";
import { changedFields, fieldsOf } from "../../../../infra/preview/field-changes.ts";
import { checkContainer } from "../../../../infra/policy/check.ts";
import { IMAGE_DEFAULTS, inspectedOf } from "../../../support/inspected.ts";
import { testStack } from "../../../support/platform-models.ts";

describe("what the engine says of a container", () => {
  test.each(STACKS)("reads back as the normal form that it was made from, for every one of %s", (stack) => {
    for (const spec of testStack(stack).containers) {
      const form = fromInspect(inspectedOf(spec), IMAGE_DEFAULTS);
      expect(fieldsOf(form)).toEqual(fieldsOf(formOf(spec)));
      expect(changedFields(form, formOf(spec))).toEqual([]);
      expect(checkContainer(form)).toEqual([]);
    }
  });

  test("shows a container that was made by hand as it is, so that the rules see it", () => {
    const [spec] = testStack("blue").containers;
    if (spec === undefined) throw new Error("no container");
    const ours = inspectedOf(spec);
    const form = fromInspect({
      ...ours,
      Config: { ...ours.Config, User: "", Healthcheck: null, StopTimeout: null },
      HostConfig: { ...ours.HostConfig, Memory: 0, MemorySwap: 0, ReadonlyRootfs: false, CapDrop: null, SecurityOpt: null, RestartPolicy: { Name: "" } },
      NetworkSettings: { Networks: {} },
    });
    expect(form).toMatchObject({ user: "", memoryBytes: 0, readOnlyRoot: false, restart: "no", stop: { graceSeconds: 10 } });
    expect(checkContainer(form).map((violation) => violation.rule)).toEqual([
      "memory-limit",
      "non-root-user",
      "read-only-root",
      "no-capabilities",
      "no-new-privileges",
    ]);
  });
});
