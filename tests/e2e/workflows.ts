import postgres from "postgres";

/** Names the lock that a held analysis waits for. */
const HELD = 5_318_008;

/**
 * Lets analyses run their first step and then wait, by keeping the Inngest emulator from writing down that the step is
 * done. So a page can be looked at in the middle of an analysis, however fast the machine is. Other workflows go on.
 * @returns what lets them go on
 */
export async function holdWorkflows(sql: postgres.Sql): Promise<() => Promise<void>> {
  await sql.unsafe(`
    create or replace function devstack_inngest.hold_analyses() returns trigger language plpgsql as $$
    begin
      perform 1 from devstack_inngest.runs r where r.id = new.run_id and r.function_id like '%analyse-repository';
      if found then
        perform pg_advisory_xact_lock_shared(${HELD});
      end if;
      return new;
    end;
    $$;
    create or replace trigger hold_analyses before insert or update on devstack_inngest.steps
      for each row execute function devstack_inngest.hold_analyses();
  `);
  const held = await sql.reserve();
  await held`begin`;
  await held`select pg_advisory_xact_lock(${HELD})`;
  let released = false;
  return async () => {
    if (released) return;
    released = true;
    await held`rollback`;
    held.release();
    await sql`drop trigger if exists hold_analyses on devstack_inngest.steps`;
  };
}
