import { writeFileSync } from "node:fs";
import { compileContract, moduleOf } from "./compile.ts";

writeFileSync(new URL("_gen/astra-token.ts", import.meta.url), moduleOf(compileContract()));
