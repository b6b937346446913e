import { sortGeneratorMetadata } from "@supabase/postgrest-typegen";
import { generateTypescript } from "@supabase/postgrest-typegen/generation";
import { introspect } from "@supabase/postgrest-typegen/introspection";
import postgres from "postgres";

/** What `supabase gen types` puts out: PostgREST's behaviour differs between versions, and supabase-js types follow it. */
const POSTGREST_VERSION = "14";

/**
 * The TypeScript face of a migrated database, made by the engine behind `supabase gen types`, which needs
 * no Docker: it reads the catalogue.
 * @param databaseUrl a database to which every migration has been applied
 */
export async function renderDatabaseTypes(databaseUrl: string): Promise<string> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const metadata = await introspect(
      { query: async (text) => ({ rows: [...(await sql.unsafe(text))] }) },
      { includedSchemas: ["public"] },
    );
    const code = await generateTypescript(sortGeneratorMetadata(metadata), { postgrestVersion: POSTGREST_VERSION });
    return `// Made by \`npm run generate\` from supabase/migrations; a law holds that it is current. Not edited by hand.\n${code}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
