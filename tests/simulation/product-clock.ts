/**
 * The time that this process believes in. Imported before any code of the product is loaded: `Date` is the machine's clock and what
 * it was set ahead. Timers and `performance` stay real, as time limits of calls must.
 */
const Real = Date;
let ahead = Number(process.env["SIMULATION_AHEAD_MS"] ?? "0");

const now = (): number => Real.now() + ahead;

globalThis.Date = new Proxy(Real, {
  construct: (target, parts: unknown[], made) =>
    Reflect.construct(target, parts.length === 0 ? [now()] : parts, made === globalThis.Date ? target : made) as Date,
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === "now" ? now : (Reflect.get(target, name) as unknown)),
});

/** @param ms how far this process is ahead of the machine from now on */
export function setTime(ms: number): void {
  ahead = ms;
}
