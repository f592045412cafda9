import { UsageError } from "../../infra/cli/usage-error.ts";

/** The one line that a person gets for a wrong call. @throws Error where the call was taken. */
export function complaintOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error("this call was taken");
}
