import { runService } from "../base/service.ts";
import { financial } from "./service.ts";

await runService(financial);
