import { createHash } from "node:crypto";
import { BlockList as Networks, isIPv6 } from "node:net";
import { within } from "./within";
import type { Block } from "./store";

/** A block that an operator makes or lifts takes effect in every process after this long. */
const FRESH_MS = 10_000;
/** A request waits so long for the first list, and never for a later one. */
const FIRST_LOAD_MS = 1_000;

interface Listed {
  readonly networks: Networks;
  /** When a block of an e-mail's hash or a user ends, ms since 1970. */
  readonly subjects: ReadonlyMap<string, number>;
}

/** Whom operators have shut out, as this process knows it. While the database is away the last known list holds. */
export class BlockedCallers {
  readonly #read: () => Promise<Block[]>;
  readonly #warn: (error: unknown) => void;
  readonly #now: () => number;
  #listed: Listed | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(read: () => Promise<Block[]>, warn: (error: unknown) => void, now: () => number = () => Date.now()) {
    this.#read = read;
    this.#warn = warn;
    this.#now = now;
  }

  /** @param subject an address or IPv6 network as `clientAddress` names it, an e-mail address, or a user's id */
  async has(kind: Block["kind"], subject: string): Promise<boolean> {
    if (this.#now() - this.#askedAt >= FRESH_MS) this.#refresh();
    if (!this.#listed && this.#asking) await within(FIRST_LOAD_MS, this.#asking).catch(this.#warn);
    if (!this.#listed) return false;
    if (kind === "ip") return hasAddress(this.#listed.networks, subject);
    const name = kind === "email" ? hashOfEmail(subject) : subject.toLowerCase();
    return (this.#listed.subjects.get(`${kind}:${name}`) ?? 0) > this.#now();
  }

  #refresh(): void {
    this.#askedAt = this.#now();
    this.#asking ??= this.#read()
      .then((blocks) => {
        this.#listed = list(blocks, this.#now());
      })
      .catch(this.#warn)
      .finally(() => (this.#asking = undefined));
  }
}

function list(blocks: readonly Block[], now: number): Listed {
  const networks = new Networks();
  const subjects = new Map<string, number>();
  for (const { kind, subject, expiresAt } of blocks) {
    if (expiresAt.getTime() <= now) continue;
    if (kind === "ip") {
      const [address = "", bits = ""] = subject.split("/");
      networks.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
    } else {
      const known = subjects.get(`${kind}:${subject}`) ?? 0;
      subjects.set(`${kind}:${subject}`, Math.max(known, expiresAt.getTime()));
    }
  }
  return { networks, subjects };
}

function hasAddress(networks: Networks, subject: string): boolean {
  const address = subject.replace(/\/\d+$/, "");
  // `unknown` is nobody's address.
  if (!/[.:]/.test(address)) return false;
  return networks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** As the database hashes it. */
function hashOfEmail(email: string): string {
  return createHash("sha256").update(email.trim().toLowerCase()).digest("hex");
}
