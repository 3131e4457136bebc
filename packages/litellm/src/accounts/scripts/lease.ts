import type { Script } from './script.ts';

/** KEYS lease, set of holders. ARGV namespace, seconds. Gives how many replicas are alive; `lost` when our lease ran out. */
export const renewScript: Script = {
  name: 'renew',
  source: `
if not redis.call('SET', KEYS[1], '1', 'XX', 'EX', ARGV[2]) then return { 'lost' } end
local alive = 0
for _, holder in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  alive = alive + redis.call('EXISTS', ARGV[1] .. 'genai-gateway:lease:' .. holder)
end
return { tostring(alive) }
`,
};

/** KEYS lease, set of holders. ARGV holder, seconds: a new holder begins. */
export const registerScript: Script = {
  name: 'register',
  source: `
redis.call('SET', KEYS[1], '1', 'EX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
return { 'ok' }
`,
};
