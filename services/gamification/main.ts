import { runService } from "../base/service.ts";
import { gamification } from "./service.ts";

await runService(gamification);
