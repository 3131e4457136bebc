/**
 * What gateway and LiteLLM may do in the cache: read and write every key, publish and subscribe, run scripts and
 * transactions. Nothing that administers the server, and nothing that is slow or destroys (FLUSHALL, KEYS, MONITOR,
 * DEBUG); INFO, which is counted among those, is how a client sees that a server has loaded its data.
 *
 * The gateway's commands are those of `packages/litellm/src/accounts`; LiteLLM's, of caching/redis_cache.py of 1.106.2
 * (read 2026-11-23). Its admin routes that flush the cache or list its clients do not work, and should not: the
 * counters of budgets are in there.
 */
export const cacheAccess =
  'on ~* &* -@all +@read +@write +@connection +@pubsub +@scripting +@transaction +time -@admin -@dangerous +info';

/** The user that a client without a name would be. */
export const nobodyAccess = 'off ~keys* -@all +get';
