import { randomBytes, randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { authoredDifficulty, chanceToPass } from "@/lib/learning/mastery/predictor";
import { guessOf } from "@/lib/learning/session/path";
import { respond } from "@/lib/learning/session/respond";
import { startSession } from "@/lib/learning/session/start-session";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startSupabase } from "../devstack/supabase/server.ts";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";
import { buildEngine } from "../scripts/engine.ts";
import { exerciseShown, rightAnswer, wrongAnswer } from "../tests/support/learning-answers.ts";
import { productEnv } from "../tests/support/product-env.ts";
import { seeded } from "./mastery-worlds.ts";

/**
 * Answers in learning sessions on the embedded services, in one process and without Next: from the answer to its verdict, the
 * model, the next item and the message to the session's channel, which are one transaction; beside it how often the item came that
 * was foreseen. Learners have a skill of their own and answer by chance of it.
 * Run: `node --conditions=react-server --import tsx bench/learning-sessions.ts [learners] [concurrent]`.
 */
const LEARNERS = Number(process.argv[2] ?? 40);
const CONCURRENT = Number(process.argv[3] ?? 4);
const TRACKS = ["typescript-in-practice", "async-javascript-and-failure", "reading-and-securing-code"];
const AIM_MS = { plain: 120, code: 400 };
const quiet = (): void => {};

const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
await buildEngine(path.join(import.meta.dirname, "..", ".engine"));
const database = await startPostgres({ port: 0, dataDir: path.join(folder, "data"), log: quiet, durable: true });
await migrate(database.databaseUrl());
const keys = { publishableKey: "sb_publishable_bench", secretKey: `sb_secret_${randomBytes(16).toString("hex")}` };
const supabase = await startSupabase({
  port: 0,
  databaseUrl: database.databaseUrl(),
  ...keys,
  jwtSecret: randomBytes(32).toString("hex"),
  siteUrl: "http://127.0.0.1:3999",
  github: null,
  log: quiet,
  poolSize: 10,
});
const redis = await startRedis({ port: 0, dataDir: folder, log: quiet });
const token = randomBytes(16).toString("hex");
const upstash = await startUpstash({ port: 0, redisUrl: redis.url, token, log: quiet });
Object.assign(process.env, productEnv({}), {
  LOG_LEVEL: "error",
  SUPABASE_URL: supabase.url,
  SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
  SUPABASE_SECRET_KEY: keys.secretKey,
  UPSTASH_REDIS_REST_URL: upstash.url,
  UPSTASH_REDIS_REST_TOKEN: token,
});
const sql = postgres(database.databaseUrl(), { max: 1, onnotice: quiet });
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
  await supabase.close();
  await upstash.close();
  await redis.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
