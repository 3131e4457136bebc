import { type Script, shared } from './script.ts';

/**
 * Takes a call in flight over into a new life of the same replica: KEYS lease, old journal, new journal, mark of
 * adoption of the old holder. ARGV namespace, old holder, new holder, request id, journal entry, held, number of gauges, of
 * budgets; the gauges' names; per budget: counter, spent by the tables, seconds to live, counter of the start or ''.
 * What Redis still holds under the old name is renamed, what it forgot is held again. Gives `ok` and what
 * failed or '', `adopted` or `lost`.
 */
export const reopenScript: Script = {
  name: 'reopen',
  source: `${shared}
local ns, old, new, id, entry, held = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local gauges, budgets = tonumber(ARGV[7]), tonumber(ARGV[8])
if redis.call('GET', KEYS[1]) ~= ARGV[#ARGV] then return { 'lost' } end
local was = redis.call('HGET', KEYS[2], id)
if not was and redis.call('EXISTS', KEYS[4]) == 1 then return { 'adopted' } end
if redis.call('HEXISTS', KEYS[3], id) == 1 then return { 'ok' } end
local now = redis.call('TIME')[1]
for i = 9, 8 + gauges do
  local key = ns .. '{' .. ARGV[i] .. '}:max_parallel_requests'
  try('ZREM', key, 'genai-gateway:' .. old .. ':' .. id)
  try('ZADD', key, now, 'genai-gateway:' .. new .. ':' .. id)
  redis.call('EXPIRE', key, SLOT_TTL)
end
for i = 1, budgets do
  local at = 8 + gauges + (i - 1) * 4
  local key, heldKey = ns .. ARGV[at + 1], ns .. 'genai-gateway:held:' .. ARGV[at + 1]
  if was and try('HEXISTS', heldKey, old) == 1 then
    if (try('HINCRBY', heldKey, old, whole(-held)) or 1) <= 0 then try('HDEL', heldKey, old) end
  else
    if redis.call('EXISTS', key) == 0 then
      redis.call('SET', key, usd(tonumber(ARGV[at + 2])), 'EX', ARGV[at + 3])
      if ARGV[at + 4] ~= '' then redis.call('SET', ns .. ARGV[at + 4], now, 'EX', ARGV[at + 3]) end
    end
    try('INCRBYFLOAT', key, usd(held))
  end
  try('HINCRBY', heldKey, new, whole(held))
  redis.call('EXPIRE', heldKey, HELD_TTL)
end
redis.call('HDEL', KEYS[2], id)
redis.call('HSET', KEYS[3], id, entry)
return { 'ok', failure }
`,
};
