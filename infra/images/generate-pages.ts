import { writeGenerated } from "../host/generated-files.ts";
import { GENERATED_PAGE_FOLDERS, generatedPages } from "./page-assets.ts";

await writeGenerated(GENERATED_PAGE_FOLDERS, await generatedPages());
