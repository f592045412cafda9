import type { ContainerForm } from "../platform/container-form.ts";

/** `deny`: nothing is deployed. `warn`: it is said, and deployed all the same. */
export type Severity = "deny" | "warn";

interface RuleText {
  /** Stable name, lower-case words with hyphens: exceptions and people refer to it. */
  readonly id: string;
  /** What holds, as one sentence. */
  readonly what: string;
  /** What goes wrong where it does not hold. */
  readonly why: string;
  /** What to change. */
  readonly fix: string;
}

/** What a container does against a rule, in words that follow its name: "has no memory limit". */
export interface ContainerRule extends RuleText {
  check(form: ContainerForm): string | undefined;
}

/** Everything that is judged together: all stacks of one environment, as they would stand. */
export interface PlatformForm {
  readonly foundation: readonly ContainerForm[];
  readonly colours: readonly (readonly ContainerForm[])[];
  /** Added to every host port. */
  readonly portOffset: number;
  /** Memory of the machine that the engine runs on; absent: unknown, and nothing is said of it. */
  readonly machineMemoryBytes?: number;
}

/** What the platform does against a rule, as a whole sentence. */
export interface PlatformRule extends RuleText {
  check(platform: PlatformForm): readonly { readonly severity: Severity; readonly message: string }[];
}

/** A rule that does not hold. */
export interface Violation {
  readonly rule: string;
  readonly severity: Severity;
  /** Name of a container, or `platform`. */
  readonly where: string;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
}
