import { platformSuite } from "./platform-suite.ts";

platformSuite({ engine: "compose", environment: "e2e", portOffset: 10_000 });
