import { placeFor } from "./place.ts";
import { platformSuite } from "./platform-suite.ts";

platformSuite({ engine: "compose", ...(await placeFor("c")) });
