import { runService } from "../base/service.ts";
import { userService } from "./service.ts";

await runService(userService());
