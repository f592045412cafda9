/** One step of a schema. Never changed once it has been applied anywhere: a further step corrects it. */
export interface Migration {
  /** Sorts by application order and is unique in its schema: `0001-accounts`. */
  readonly id: string;
  /**
   * `expand` works with the other colour's older code still running, and is applied before a colour's services start.
   * `contract` needs that code gone, and waits until it is: no later step may depend on it, so it comes in a release after
   * the one that stopped using what it removes.
   */
  readonly phase: "expand" | "contract";
  /**
   * Whether an older release can serve again after this step's release has served. A contract's never can. Where one
   * cannot, a release that fails is frozen where it stands instead of taken back.
   * @default true
   */
  readonly reversible?: boolean;
  /** One or more statements; runs in one transaction, as `<schema>_owner`, with the schema as search path. */
  readonly sql: string;
}

/** Whether releases without this step can come back after it. */
export function isReversible({ phase, reversible = true }: Pick<Migration, "phase" | "reversible">): boolean {
  return phase === "expand" && reversible;
}

/** The step after which a release's code finds everything that it needs; absent where there is none. */
export function lastNeeded(migrations: readonly Migration[]): Migration | undefined {
  return migrations.findLast((migration) => migration.phase === "expand");
}
