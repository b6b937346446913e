/** One line of the status screen. */
export interface ServiceStatus {
  readonly name: string;
  /** Empty while it is starting. */
  readonly url: string;
  readonly ready: boolean;
  /** From the service's own start to its first answer, in ms; null while it is starting. */
  readonly readyMs: number | null;
  /** Process that it runs in; light services share the supervisor's. */
  readonly pid: number | null;
  /** How often it was started again after its process ended by itself. */
  readonly restarts: number;
}

interface Entry {
  readonly url: string;
  readonly readyMs: number | null;
  pid(): number | null;
  up?(): boolean;
  restarts?(): number;
}

/** In which order services are shown. */
const ORDER = [
  "app",
  "worker",
  "supabase",
  "postgres",
  "inngest",
  "upstash",
  "redis",
  "github",
  "git",
  "resend",
  "stripe",
];

/** What runs and how it is. */
export class Board {
  readonly #entries = new Map<string, Entry>();

  starting(name: string): void {
    this.#entries.set(name, { url: "", readyMs: null, pid: () => null, up: () => false });
  }

  ready(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
  }

  services(): ServiceStatus[] {
    return [...this.#entries]
      .toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
      .map(([name, entry]) => ({
        name,
        url: entry.url,
        ready: entry.up?.() ?? true,
        readyMs: entry.readyMs,
        pid: entry.pid(),
        restarts: entry.restarts?.() ?? 0,
      }));
  }
}

/** The status screen, as plain text. */
export function screen(services: readonly ServiceStatus[]): string {
  const rows = services.map((service) => [
    service.name,
    service.url || "-",
    service.ready ? `${service.readyMs ?? 0} ms` : service.url ? "restarting" : "starting",
    service.restarts > 0 ? `restarted ${service.restarts}x` : "",
  ]);
  const table = [["service", "url", "ready in", ""], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
