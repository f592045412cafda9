import { writeGenerated } from "../infra/host/generated-files.ts";
import { GENERATED_DASHBOARD_FOLDERS, generatedDashboards } from "./generated.ts";

await writeGenerated(GENERATED_DASHBOARD_FOLDERS, generatedDashboards());
