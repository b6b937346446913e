import { createServer } from "node:http";
import { serve } from "inngest/node";
import { inngest } from "@/inngest/client";
import { analyseRepository } from "@/inngest/learning/analyse-repository";
import { askOwnCodeFunction, makeOwnCodeExercises } from "@/inngest/learning/make-own-code-exercises";
import { rememberPatternsFunction } from "@/inngest/learning/remember-patterns";

/** The application as Inngest sees it, in a process of its own that a test can kill. PORT says where it listens. */
const handler = serve({
  client: inngest,
  functions: [analyseRepository, rememberPatternsFunction, askOwnCodeFunction, makeOwnCodeExercises],
  servePath: "/api/inngest",
});
createServer(handler).listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
