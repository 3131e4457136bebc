import { charge } from './charge.ts';
import { type Script, shared } from './script.ts';

/** KEYS journal. ARGV cursor, '0' at first. Gives the next cursor, '0' at last, then request ids, each with `o` or `s`. */
export const listScript: Script = {
  name: 'list',
  source: `
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', 200)
local reply = { found[1] }
for i = 1, #found[2], 2 do
  reply[#reply + 1] = found[2][i]
  reply[#reply + 1] = string.sub(found[2][i + 1], 1, 1)
end
return reply
`,
};

/**
 * Ends a call that is open in our journal, but not here: Redis forgot how it ended. KEYS lease, journal. ARGV namespace,
 * holder, request id, cost, event or '' where the tables have it already. Gives `ok` or `lost`.
 */
export const endStrayScript: Script = {
  name: 'end-stray',
  source: `${shared}${charge}
local ns, holder, id, cost, event = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
if redis.call('GET', KEYS[1]) ~= ARGV[#ARGV] then return { 'lost' } end
local entry = redis.call('HGET', KEYS[2], id)
if not entry or string.sub(entry, 1, 1) ~= 'o' then return { 'ok' } end
endOpened(ns, holder, id, entry, cost)
redis.call('HDEL', KEYS[2], id)
if event ~= '' then redis.call('HSET', KEYS[2], id, 's' .. event) end
return { 'ok' }
`,
};
