import { GENERATED_ALERT_FOLDERS, generatedAlerts } from "./generated.ts";
import { writeGenerated } from "../infra/host/generated-files.ts";

await writeGenerated(GENERATED_ALERT_FOLDERS, generatedAlerts());
