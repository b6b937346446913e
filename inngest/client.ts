import { Inngest } from "inngest";
import { log } from "@/lib/platform/telemetry/log";
import { Observed } from "./observed";

/**
 * The client that our durable functions belong to. The SDK reads INNGEST_BASE_URL, INNGEST_EVENT_KEY and
 * INNGEST_SIGNING_KEY itself when it needs them (lib/env checks them at boot), so that this module loads in a
 * build, where there are none. Never in dev mode: each call to our functions must carry Inngest's signature.
 */
export const inngest = new Inngest({ id: "devmentor", isDev: false, logger: log, middleware: [Observed] });
