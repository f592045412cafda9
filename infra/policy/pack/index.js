// Plain JavaScript, because the engine hands a pack's entry to a TypeScript compiler of its own, whatever the options
// say, and that one refuses our imports. What is imported from here, Node runs as it is.
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

new PolicyPack("astratrade", { policies: [...policies] });
