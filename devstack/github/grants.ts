import { readFile, rename, writeFile } from "node:fs/promises";

/** One access token that someone gave the application on the consent page. */
export interface Grant {
  readonly token: string;
  readonly login: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/**
 * The tokens that are in force. GitHub's tokens outlive a restart, the emulator's memory does not:
 * therefore they are kept in a file (mode 0600) and given back to the emulator when it starts.
 */
export class Grants {
  readonly #file: string;
  readonly #byToken: Map<string, Grant>;

  private constructor(file: string, grants: readonly Grant[]) {
    this.#file = file;
    this.#byToken = new Map(grants.map((grant) => [grant.token, grant]));
  }

  static async open(file: string): Promise<Grants> {
    const text = await readFile(file, "utf8").catch(() => "[]"); // No file yet: nobody has signed in.
    return new Grants(file, JSON.parse(text) as Grant[]);
  }

  find(token: string): Grant | undefined {
    return this.#byToken.get(token);
  }

  all(): Grant[] {
    return [...this.#byToken.values()];
  }

  async add(grant: Grant): Promise<void> {
    this.#byToken.set(grant.token, grant);
    await this.#save();
  }

  /** Ends every token that `which` chooses. Returns how many. */
  async revoke(which: (grant: Grant) => boolean): Promise<number> {
    const doomed = this.all().filter(which);
    for (const { token } of doomed) this.#byToken.delete(token);
    if (doomed.length > 0) await this.#save();
    return doomed.length;
  }

  async #save(): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify(this.all()), { mode: 0o600 });
    await rename(next, this.#file);
  }
}
