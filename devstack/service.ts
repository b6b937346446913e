/** A service of the embedded stack that is up and answering. */
export interface RunningService {
  /** Origin to reach it at, e.g. `http://127.0.0.1:8288`. */
  readonly url: string;
  readonly port: number;
  /** Stops it; resolves when its port is free again. Safe to call twice. */
  close(): Promise<void>;
}

/** Takes one line for the service's log file. */
export type Log = (line: string) => void;
