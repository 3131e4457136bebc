/**
 * Releases one hold and charges a cost, for all that ends calls. A counter that is gone was deleted by LiteLLM,
 * or lost: the tables will say what was spent. Only a window that no table stands behind starts anew.
 */
export const charge = `
local function release(ns, counter, holder, held, cost, ttl, start)
  local heldKey = ns .. 'genai-gateway:held:' .. counter
  counter = ns .. counter
  local delta = cost
  if held > 0 and try('HEXISTS', heldKey, holder) == 1 then
    if (try('HINCRBY', heldKey, holder, whole(-held)) or 1) <= 0 then try('HDEL', heldKey, holder) end
    delta = cost - held
  end
  if redis.call('EXISTS', counter) == 1 then
    if delta ~= 0 then try('INCRBYFLOAT', counter, usd(delta)) end
    if start == '' then redis.call('EXPIRE', counter, ttl) end
  elseif start ~= '' and cost > 0 then
    redis.call('SET', counter, usd(cost), 'EX', ttl)
    redis.call('SET', ns .. start, redis.call('TIME')[1], 'EX', ttl)
  end
end
local function chargeUnbudgeted(counter, cost)
  if cost > 0 and redis.call('EXISTS', counter) == 1 then try('INCRBYFLOAT', counter, usd(cost)) end
end
local function endOpened(ns, holder, id, entry, cost) -- as the journal says that it was opened; gives the event if lost
  local cut = string.find(entry, '\\n', 1, true)
  if not cut then return string.sub(entry, 2) end
  local isRead, problem = pcall(function()
    local what = cjson.decode(string.sub(entry, 2, cut - 1))
    cost = cost or tonumber(what.cost)
    for _, gauge in ipairs(what.gauges) do
      try('ZREM', ns .. '{' .. gauge .. '}:max_parallel_requests', 'genai-gateway:' .. holder .. ':' .. id)
    end
    for _, budget in ipairs(what.budgets) do
      release(ns, budget[1], holder, tonumber(what.held), cost, budget[2], budget[3])
    end
    for _, counter in ipairs(what.others) do chargeUnbudgeted(ns .. counter, cost) end
  end)
  if not isRead and type(problem) == 'table' then error(problem) end -- Redis said it; else the entry is no entry
  return string.sub(entry, cut + 1)
end
`;
