import { UserError } from "../host/user-error.ts";

/** The command was called in a way that it does not take; exit code 2. */
export class UsageError extends UserError {
  constructor(message: string) {
    super(message, { exitCode: 2 });
  }
}
