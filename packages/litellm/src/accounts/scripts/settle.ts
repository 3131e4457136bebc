import { charge } from './charge.ts';
import { type Script, shared } from './script.ts';

/**
 * KEYS lease, journal of the holder that opened the call, our journal now, mark of adoption of that holder. ARGV
 * namespace, holder that opened, request id, mode, event, cost, held, change of tokens, number of
 * limits, of budgets, of other spend counters, our holder now; per limit: name, start of the window or '', whether it counts tokens,
 * whether it is a gauge; per budget: counter, seconds to live, counter of the window's start or ''; the others by name.
 *
 * Gives `ok`, and what failed or ''; `again`: it was settled before; `adopted`: another replica booked it as lost; `lost`: our lease ran out.
 * The second time changes nothing, and what was never opened is not released. Modes: `settle`; `booked`, the same for
 * an event that the tables hold already, so that it is not charged where Redis forgot the call; `cancel`: as if the
 * call had never been opened.
 */
export const settleScript: Script = {
  name: 'settle',
  source: `${shared}${charge}
local ns, holder, id, mode, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local cost, held, tokens = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local limits, budgets, others, current = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), ARGV[12]
if redis.call('GET', KEYS[1]) ~= ARGV[#ARGV] then return { 'lost' } end
local entry = redis.call('HGET', KEYS[2], id)
if not entry and KEYS[2] ~= KEYS[3] then
  entry = redis.call('HGET', KEYS[3], id)
  holder = current -- it was opened again while this was on its way
end
if entry and string.sub(entry, 1, 1) == 's' then return { 'again' } end
if not entry then
  if mode == 'cancel' then return { 'again' } end
  if redis.call('EXISTS', KEYS[4]) == 1 then
    redis.call('HSET', KEYS[3], id, 's' .. event) -- it may have been lost on its way, and then nobody has booked it
    return { 'adopted' }
  end
  if mode == 'booked' then cost = 0 end
  held, tokens = 0, 0
end
local at = 12
for _ = 1, limits do
  local key = ns .. '{' .. ARGV[at + 1] .. '}'
  if ARGV[at + 3] == '1' and tokens ~= 0 and try('GET', key .. ':window') == ARGV[at + 2] then
    if try('INCRBY', key .. ':tokens', whole(tokens)) == tokens then redis.call('EXPIRE', key .. ':tokens', WINDOW) end
  end
  if ARGV[at + 4] == '1' then try('ZREM', key .. ':max_parallel_requests', 'genai-gateway:' .. holder .. ':' .. id) end
  at = at + 4
end
for _ = 1, budgets do
  release(ns, ARGV[at + 1], holder, held, cost, ARGV[at + 2], ARGV[at + 3])
  at = at + 3
end
for i = at + 1, at + others do chargeUnbudgeted(ns .. ARGV[i], cost) end
if KEYS[2] ~= KEYS[3] or mode == 'cancel' then redis.call('HDEL', KEYS[2], id) end
if mode ~= 'cancel' then redis.call('HSET', KEYS[3], id, 's' .. event) end
return { 'ok', failure }
`,
};
