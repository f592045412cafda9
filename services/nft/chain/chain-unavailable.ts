import { Problem } from "../../base/problem.ts";

/** The chain did not do what it was asked. Nothing is lost: the same operation can be sent again. */
export class ChainUnavailable extends Problem {
  constructor(cause: unknown) {
    super({
      status: 503,
      code: "chain-unavailable",
      title: "The chain cannot be used now",
      detail: "What is wanted of it is written down and is sent when it can be.",
      retryAfterSeconds: 5,
      cause,
    });
  }
}
