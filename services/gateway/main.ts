import { runService } from "../base/service.ts";
import { gatewayService } from "./service.ts";

await runService(gatewayService());
