import { runService } from "../base/service.ts";
import { tradingService } from "./service.ts";

await runService(tradingService());
