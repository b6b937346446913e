import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { removeCluster, startPostgres } from "../devstack/postgres/server.ts";
import { migrate } from "../devstack/supabase/migrate.ts";
import { renderDatabaseTypes } from "./database-types.ts";

/** `npm run generate`: migrates a throw-away database and writes its types where the product reads them. */
const target = path.resolve(import.meta.dirname, "../lib/platform/supabase/database.types.ts");
const folder = await mkdtemp(path.join(tmpdir(), "devmentor-types-"));
const dataDir = path.join(folder, "data");
try {
  await chmod(folder, 0o711); // The account that PostgreSQL runs under must get through.
  const server = await startPostgres({ port: 0, dataDir, log: () => {}, durable: false });
  try {
    await migrate(server.databaseUrl());
    await writeFile(target, await renderDatabaseTypes(server.databaseUrl()));
    console.log(`Wrote ${path.relative(process.cwd(), target)}`);
  } finally {
    await server.close();
    await removeCluster(dataDir);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
