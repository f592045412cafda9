// Entry of the Pulumi program. Plain JavaScript that old Nodes can read, so that they get a reason instead of a
// syntax error in a TypeScript file.
import pulumi from "@pulumi/pulumi";

const REQUIRED_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  throw new pulumi.RunError(
    `AstraTrade needs Node ${REQUIRED_MAJOR} or newer, and this shell runs ${process.versions.node}. ` +
      'Run: eval "$(./astra env)", which puts the one from node_modules first.',
  );
}

export default (await import("./index.ts")).default;
