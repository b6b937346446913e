/** Says what happens while it happens, when `SIMULATION_TRACE` is set. */
export function trace(line: string): void {
  if (process.env["SIMULATION_TRACE"]) process.stderr.write(`${line}\n`);
}
