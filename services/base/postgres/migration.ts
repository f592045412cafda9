/** One step of a schema. Never changed once it has been applied anywhere: a further step corrects it. */
export interface Migration {
  /** Sorts by application order and is unique in its schema: `0001-accounts`. */
  readonly id: string;
  /** `expand` works with the other colour's older code still running; `contract` needs it gone. */
  readonly phase: "expand" | "contract";
  /** One or more statements; runs in one transaction, as `<schema>_owner`, with the schema as search path. */
  readonly sql: string;
}
