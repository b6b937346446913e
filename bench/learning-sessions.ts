import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { authoredDifficulty, chanceToPass } from "@/lib/learning/mastery/predictor";
import { guessOf } from "@/lib/learning/session/path";
import { respond } from "@/lib/learning/session/respond";
import { startSession } from "@/lib/learning/session/start-session";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { buildEngine } from "../scripts/engine.ts";
import { exerciseShown, rightAnswer, wrongAnswer } from "../tests/support/learning-answers.ts";
import { productEnv } from "../tests/support/product-env.ts";
import { seeded } from "./mastery-worlds.ts";

/**
 * Answers in learning sessions, without Next, on the embedded services in a process of their own, as `npm start` has them: from the
 * answer to its verdict, the
 * model, the next item and the message to the session's channel, which are one transaction; beside it how often the item came that
 * was foreseen. Learners have a skill of their own and answer by chance of it.
 * Run: `node --conditions=react-server --import tsx bench/learning-sessions.ts [learners] [concurrent]`.
 */
const LEARNERS = Number(process.argv[2] ?? 40);
const CONCURRENT = Number(process.argv[3] ?? 4);
const TRACKS = ["typescript-in-practice", "async-javascript-and-failure", "reading-and-securing-code"];
const AIM_MS = { plain: 120, code: 400 };
const quiet = (): void => {};

await buildEngine(path.join(import.meta.dirname, "..", ".engine"));
const services = fork(path.join(import.meta.dirname, "learning-services.ts"), { execArgv: process.execArgv });
const { databaseUrl, env } = await new Promise<{ databaseUrl: string; env: Record<string, string> }>(
  (resolve, reject) => {
    services.once("message", (told) => resolve(told as { databaseUrl: string; env: Record<string, string> }));
    services.once("exit", (code) => reject(new Error(`the services ended with ${code} before they were ready`)));
  },
);
Object.assign(process.env, productEnv({}), env, { LOG_LEVEL: "error" });
const sql = postgres(databaseUrl, { max: 1, onnotice: quiet });
const times = { plain: [] as number[], code: [] as number[] };

/** Three sessions of one learner, each to its end. */
async function learn(number: number): Promise<void> {
  const user = randomUUID();
  await sql`insert into auth.users (id, email) values (${user}, ${`${user}@devmentor.test`})`;
  const chance = seeded(number + 1);
  const skill = -1 + 3 * chance();
  for (let round = 0; round < 3; round += 1) {
    const { session, content } = await startSession(user, { trackSlug: TRACKS[number % 3] }, null);
    let shown: typeof content | null = content;
    let { version } = session;
    while (shown) {
      const exercise = await exerciseShown({ sql }, shown.activityId);
      const facts = { difficulty: authoredDifficulty(exercise.difficulty), guess: guessOf(exercise) };
      const passes = chance() < chanceToPass(skill, facts);
      const answer = (passes ? rightAnswer : wrongAnswer)(exercise);
      const began = performance.now();
      const { responded } = await respond(user, session.id, { activityId: shown.activityId, answer, version }, null);
      times[responded.run === null ? "plain" : "code"].push(performance.now() - began);
      shown = responded.nextContent;
      version = responded.session.version;
    }
  }
}

function line(name: "plain" | "code"): string {
  const sorted = times[name].toSorted((one, other) => one - other);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `${sorted.length} answers, ms: median ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)} (aim: p95 ${AIM_MS[name]})`;
}

try {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      while (next < LEARNERS) await learn(next++);
    }),
  );
  const text = await metrics().registry.getSingleMetricAsString("devmentor_learning_events_total");
  const of = (event: string) => Number(new RegExp(`event="${event}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  const [made, hits, misses] = [of("prefetch"), of("prefetch_hit"), of("prefetch_miss")];
  const answers = times.plain.length + times.code.length;
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; ${LEARNERS} learners, ${CONCURRENT} at once`);
  console.log(`no code run: ${line("plain")}`);
  console.log(`code run:    ${line("code")}`);
  console.log(
    `foreseen:    ${made} of ${answers} items (${((100 * made) / answers).toFixed(0)} %); came ${hits} of ${hits + misses} (${((100 * hits) / Math.max(1, hits + misses)).toFixed(0)} %)`,
  );
} finally {
  await sql.end();
  const ended = new Promise((resolve) => services.once("exit", resolve));
  services.disconnect();
  await ended;
}
process.exit(0);
