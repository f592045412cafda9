import type { ResourceValidationPolicy } from "@pulumi/policy";
import { fromDockerInputs } from "../../docker/from-inputs.ts";
import { checkContainer, containerRules, explainViolation } from "../check.ts";

const CONTAINER = "docker:index/container:Container";

/** The rules for one container as policies of a pack. Budgets need all stacks at once: `./astra preview` judges those. */
export const policies: readonly ResourceValidationPolicy[] = containerRules.map((rule) => ({
  name: rule.id,
  description: `${rule.what} ${rule.why}`,
  enforcementLevel: "mandatory",
  validateResource: (args, report) => {
    if (args.type !== CONTAINER) return;
    const violation = checkContainer(fromDockerInputs(args.props)).find((found) => found.rule === rule.id);
    if (violation) report(explainViolation(violation));
  },
}));
