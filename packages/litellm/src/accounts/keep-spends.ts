import type { Counted } from './counted.ts';
import { inParts, type RedisParts } from './redis-parts.ts';

/** Spend counters live for a minute, and are made anew from tables that do not hold what these calls cost yet. */
export async function keepSpends({ link, names }: RedisParts, calls: Iterable<Counted>): Promise<void> {
  if (!link.isUp) return;
  const counters = new Map<string, number>();
  for (const { spendsToKeep } of calls) for (const [name, ttl] of spendsToKeep) counters.set(name, ttl);
  await inParts([...counters], (part) =>
    link.send((redis) => Promise.all(part.map(([name, ttl]) => redis.expire(names.prefix + name, ttl)))),
  );
}
