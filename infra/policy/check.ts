import { formOf, type ContainerForm } from "../platform/container-form.ts";
import type { ContainerSpec } from "../platform/container.ts";
import { confinementRules } from "./confinement-rules.ts";
import { exceptions } from "./exceptions.ts";
import { operationRules } from "./operation-rules.ts";
import { platformRules } from "./platform-rules.ts";
import type { ContainerRule, PlatformForm, Violation } from "./rule.ts";

/** Rules that each container is judged by on its own. */
export const containerRules: readonly ContainerRule[] = [...operationRules, ...confinementRules];

function isExcepted(workload: string, rule: string): boolean {
  return exceptions.some((exception) => exception.workload === workload && exception.rule === rule);
}

/** Which rules one container breaks; written exceptions are none. */
export function checkContainer(form: ContainerForm): readonly Violation[] {
  return containerRules.flatMap(({ id, why, fix, check }) => {
    const message = isExcepted(form.workload, id) ? undefined : check(form);
    return message === undefined ? [] : [{ rule: id, severity: "deny" as const, where: form.name, message, why, fix }];
  });
}

/** Which rules an environment breaks: container by container, and as a whole. */
export function checkPlatform(platform: PlatformForm): readonly Violation[] {
  return [
    ...[...platform.foundation, ...platform.colours.flat()].flatMap(checkContainer),
    ...platformRules.flatMap(({ id, why, fix, check }) =>
      check(platform).map(({ severity, message }) => ({ rule: id, severity, where: "platform", message, why, fix })),
    ),
  ];
}

/** The stacks of an environment as the rules see them. */
export function platformForm(
  stacks: { readonly foundation: readonly ContainerSpec[]; readonly colours: readonly (readonly ContainerSpec[])[] },
  facts: Pick<PlatformForm, "portOffset" | "machineMemoryBytes">,
): PlatformForm {
  return {
    ...facts,
    foundation: stacks.foundation.map(formOf),
    colours: stacks.colours.map((containers) => containers.map(formOf)),
  };
}

/** Where, what, and what to do, for a person who sees the rule's name already. */
export function explainViolation({ where, message, fix }: Violation): string {
  return `${where === "platform" ? message : `${where} ${message}.`} Fix: ${fix}.`;
}

/** One line for a person. */
export function describeViolation(violation: Violation): string {
  return `${violation.rule}: ${explainViolation(violation)}`;
}

/** Those that forbid a deployment. */
export function denials(violations: readonly Violation[]): readonly Violation[] {
  return violations.filter((violation) => violation.severity === "deny");
}
