import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { startSupabase } from "../devstack/supabase/server.ts";
import { startRedis } from "../devstack/upstash/redis.ts";
import { startUpstash } from "../devstack/upstash/server.ts";

/**
 * The services that a learning session needs, as a process of their own, as `npm start` has them: `bench/learning-sessions.ts` starts it
 * and gets its addresses as a message. It ends when its parent does.
 */
const quiet = (): void => {};
const folder = await mkdtemp(path.join(tmpdir(), "devmentor-bench-"));
await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
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
process.send?.({
  databaseUrl: database.databaseUrl(),
  env: {
    SUPABASE_URL: supabase.url,
    SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: token,
  },
});
process.once("disconnect", () => {
  void (async () => {
    await supabase.close();
    await upstash.close();
    await redis.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  })();
});
