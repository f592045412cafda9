import { formOf, type ContainerForm } from "../../infra/platform/container-form.ts";
import { testStack } from "./platform-models.ts";

/** The form of a workload's first container, as the model has it. */
export function testForm(workload: string): ContainerForm {
  const all = (["foundation", "blue"] as const).flatMap((stack) => testStack(stack).containers);
  const spec = all.find((container) => container.workload === workload);
  if (spec === undefined) throw new Error(`the model has no workload ${workload}`);
  return formOf(spec);
}
