import { runService } from "../base/service.ts";
import { social } from "./service.ts";

await runService(social);
