// `npm run capacity`: writes docs/capacity.md from the figures of the last bench of the API.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DOCS, lastFigures } from "./figures.ts";
import { capacityPage } from "./page.ts";

writeFileSync(join(DOCS, "capacity.md"), capacityPage(lastFigures()));
