import { charge } from './charge.ts';
import { type Script, shared } from './script.ts';

/**
 * Books for a dead holder what it had open, as it said it should be, and moves a part of its journal into ours:
 * KEYS its lease, its journal, our lease, our journal, its mark of adoption, the set of holders. ARGV namespace, the
 * holder, how many. Gives the events as JSON; none: there is nothing left, or it lives.
 */
export const adoptScript: Script = {
  name: 'adopt',
  source: `${shared}${charge}
local ns, dead = ARGV[1], ARGV[2]
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('GET', KEYS[3]) ~= ARGV[#ARGV] then return {} end
redis.call('SET', KEYS[5], '1', 'EX', HELD_TTL)
local found = redis.call('HRANDFIELD', KEYS[2], ARGV[3], 'WITHVALUES')
local events = {}
for i = 1, #found, 2 do
  local id, entry = found[i], found[i + 1]
  local event = string.sub(entry, 2)
  if string.sub(entry, 1, 1) == 'o' then event = endOpened(ns, dead, id, entry) end
  redis.call('HSET', KEYS[4], id, 's' .. event)
  redis.call('HDEL', KEYS[2], id)
  events[#events + 1] = event
end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[6], dead) end
return events
`,
};
