/*
 * What must happen at one moment in Redis. Each invalidation has a number, greater than every earlier one's;
 * it grows with Redis's clock, so it stays so when Redis is flushed. A mark says: what was read from the source
 * before this number is no longer true.
 */

/**
 * Marks what is no longer true and tells the other processes.
 * KEYS: number, log, then marks of keys and tags (ARGV[4] of them), then marks of patterns.
 * ARGV: invalidation as JSON, life of a mark in ms, entries in the log, number of plain marks, then a pattern for each
 * pattern mark. Returns the number as text.
 */
export const INVALIDATE = `
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local number = math.max(last + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
local text = string.format('%.0f', number)
redis.call('SET', KEYS[1], text)
local plain = tonumber(ARGV[4])
for i = 1, plain do
  redis.call('SET', KEYS[2 + i], text, 'PX', ARGV[2])
end
for i = plain + 3, #KEYS do
  local pattern = ARGV[i - plain + 2]
  local lines = { text .. ' ' .. pattern }
  for line in string.gmatch(redis.call('GET', KEYS[i]) or '', '[^\\n]+') do
    local at, known = string.match(line, '^(%d+) (.*)$')
    if known ~= pattern then
      if #lines < 64 then
        table.insert(lines, line)
      elseif #lines == 64 then
        -- Too many to keep: the newest of those that go stands for all of them, and for any key.
        table.insert(lines, at .. ' *')
      end
    end
  end
  redis.call('SET', KEYS[i], table.concat(lines, '\\n'), 'PX', ARGV[2])
end
redis.call('LPUSH', KEYS[2], text .. ' ' .. string.format('%.0f', last) .. ' ' .. ARGV[1])
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[3]) - 1)
return text
`;

/**
 * Takes the lock for a load, and reads in the same moment, because who held it before may have written.
 * KEYS: lock, then what is read. ARGV: token, life of the lock in ms. Returns 1 or 0, then the values.
 */
export const ACQUIRE = `
local gained = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
local answer = { gained and 1 or 0 }
for i = 2, #KEYS do
  table.insert(answer, redis.call('GET', KEYS[i]))
end
return answer
`;

/**
 * Writes what was loaded, unless it was invalidated since the load began, and gives the lock back.
 * KEYS: entry, lock, then marks. ARGV: number at which the load began, entry, life in ms, token.
 * Returns whether it was written.
 */
export const WRITE = `
if redis.call('GET', KEYS[2]) == ARGV[4] then
  redis.call('DEL', KEYS[2])
end
for i = 3, #KEYS do
  local mark = redis.call('GET', KEYS[i])
  if mark and tonumber(string.match(mark, '^%d+')) > tonumber(ARGV[1]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;

/** Gives a lock back if it is still one's own. KEYS: lock. ARGV: token. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
`;
