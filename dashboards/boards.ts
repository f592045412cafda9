import { business } from "./boards/business.ts";
import { deployment } from "./boards/deployment.ts";
import { events } from "./boards/events.ts";
import { gateway } from "./boards/gateway.ts";
import { services } from "./boards/services.ts";
import { stores } from "./boards/stores.ts";
import type { Board } from "./model/board.ts";

/** Every dashboard there is. */
export const boards: readonly Board[] = [business, gateway, services, events, stores, deployment];
