import { runService } from "../base/service.ts";
import { nftService } from "./service.ts";

await runService(nftService());
