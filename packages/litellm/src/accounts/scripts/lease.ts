import type { Script } from './script.ts';

/**
 * KEYS lease, set of holders. ARGV namespace, seconds, the lease as we know it. Gives how many replicas are alive; `lost`
 * when our lease ran out, or when this was sent before an outage and we came back since.
 */
export const renewScript: Script = {
  name: 'renew',
  source: `
local known = redis.call('GET', KEYS[1])
if not known or tonumber(known) > tonumber(ARGV[3]) then return { 'lost' } end
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[2])
local alive = 0
for _, holder in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  alive = alive + redis.call('EXISTS', ARGV[1] .. 'genai-gateway:lease:' .. holder)
end
return { tostring(alive) }
`,
};

/** KEYS lease, set of holders. ARGV holder, seconds, lease: a new holder begins. */
export const registerScript: Script = {
  name: 'register',
  source: `
redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
return { 'ok' }
`,
};
