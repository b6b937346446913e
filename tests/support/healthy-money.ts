import type postgres from "postgres";

/** @throws Error that names what is broken */
export async function expectHealthyMoney(sql: postgres.Sql): Promise<void> {
  const broken = await sql`select * from private.check_invariants(false)`;
  if (broken.length > 0) throw new Error(`The money is not healthy: ${JSON.stringify(broken.slice(0, 5), null, 1)}`);
}
