import type { Redis } from "@upstash/redis";
import { FLOOR_MS } from "./policies";

/** Asks Redis once; rejects when it is away. */
export type CallRedis = <T>(call: (redis: Redis) => Promise<T>) => Promise<T>;

/** That a key is about to have this version: no copy of an earlier one may be kept from here on. */
export interface Announcement {
  /** `scope:key`. */
  readonly id: string;
  readonly version: number;
}

/** What was announced since a look: `everything` when that cannot be said any more. */
export interface News {
  /** By Redis's clock, microseconds. */
  readonly at: number;
  readonly number: string;
  readonly announcements: readonly Announcement[] | "everything";
}

interface SharedCopy {
  readonly version: number;
  readonly value: unknown;
  /** By Redis's clock, microseconds. */
  readonly keptAt: number;
}

const NUMBER = "state:number";
const LOG = "state:log";
const LOG_ENTRIES = 1_000;

/**
 * Announces a version: takes out an older copy, keeps older ones from coming back, and tells the other processes.
 * Each announcement has a number, greater than every earlier one's; it grows with Redis's clock, so a
 * flush does not set it back. KEYS: copy, floor, number, log. ARGV: version, life of the floor in ms, announcement, length of the log.
 */
const ANNOUNCE = `
local version = tonumber(ARGV[1])
if version > tonumber(redis.call('GET', KEYS[2]) or '0') then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
end
local copy = redis.call('GET', KEYS[1])
if copy and tonumber(string.match(copy, '^%d+')) < version then
  redis.call('DEL', KEYS[1])
end
local time = redis.call('TIME')
local last = redis.call('GET', KEYS[3]) or 'n0'
local number = math.max(tonumber(string.sub(last, 2)) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
local text = 'n' .. string.format('%.0f', number)
redis.call('SET', KEYS[3], text)
redis.call('LPUSH', KEYS[4], text .. ' ' .. last .. ' ' .. ARGV[3])
redis.call('LTRIM', KEYS[4], 0, tonumber(ARGV[4]) - 1)
return 1
`;

/** Keeps a copy, unless a newer version is known or announced. KEYS: copy, floor. ARGV: version, value, life in ms. */
const KEEP = `
local version = tonumber(ARGV[1])
if version < tonumber(redis.call('GET', KEYS[2]) or '0') then
  return 0
end
local copy = redis.call('GET', KEYS[1])
if copy and tonumber(string.match(copy, '^%d+')) > version then
  return 0
end
local time = redis.call('TIME')
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. time[1] .. string.format('%06d', time[2]) .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1
`;

/** The announcements, when there are new ones. KEYS: number, log. ARGV: number known. */
const NEWS = `
local number = redis.call('GET', KEYS[1]) or ''
local time = redis.call('TIME')
local at = time[1] .. string.format('%06d', time[2])
if number == ARGV[1] then
  return { at, number }
end
return { at, number, unpack(redis.call('LRANGE', KEYS[2], 0, -1)) }
`;

/** The copies in Redis, which all processes share, and by which they learn of each other's writes. */
export class SharedCopies {
  readonly #call: CallRedis;

  constructor(call: CallRedis) {
    this.#call = call;
  }

  async announce({ id, version }: Announcement): Promise<void> {
    const keys = [`state:copy:${id}`, `state:floor:${id}`, NUMBER, LOG];
    await this.#call((redis) => redis.eval(ANNOUNCE, keys, [version, FLOOR_MS, `${version} ${id}`, LOG_ENTRIES]));
  }

  /** @returns whether it is kept: false when a newer version is known or under way */
  async keep(id: string, version: number, value: unknown, ms: number): Promise<boolean> {
    const keys = [`state:copy:${id}`, `state:floor:${id}`];
    return (await this.#call((redis) => redis.eval(KEEP, keys, [version, JSON.stringify(value), ms]))) === 1;
  }

  async read(id: string): Promise<SharedCopy | undefined> {
    const copy = await this.#call((redis) => redis.get<unknown>(`state:copy:${id}`));
    const parts = typeof copy === "string" ? /^(\d+) (\d+) (.*)$/s.exec(copy) : null;
    if (!parts) return undefined;
    const [, version, keptAt, value = "null"] = parts;
    return { version: Number(version), keptAt: Number(keptAt), value: JSON.parse(value) as unknown };
  }

  /** @param known the number of the last look */
  async news(known: string | undefined): Promise<News> {
    const answer = await this.#call((redis) => redis.eval<string[], string[]>(NEWS, [NUMBER, LOG], [known ?? "none"]));
    const [time = "0", number = "", ...lines] = answer.map(String);
    const at = Number(time);
    if (number === known) return { at, number, announcements: [] };
    const announcements: Announcement[] = [];
    for (const line of lines) {
      const [, entry, last, version, id] = /^(\S+) (\S+) (\d+) (.*)$/s.exec(line) ?? [];
      if (id === undefined || entry === known) break;
      announcements.push({ id, version: Number(version) });
      if (last === known) return { at, number, announcements };
    }
    // A first look, a flush, or more than the log holds.
    return { at, number, announcements: "everything" };
  }
}
