import type { Flight } from './flight.ts';
import { inParts, type RedisParts } from './redis-parts.ts';

/** Spend counters live for a minute, and are made anew from tables that do not hold what these calls cost yet. */
export async function keepSpends({ link, names }: RedisParts, flights: Iterable<Flight>): Promise<void> {
  if (!link.isUp) return;
  const counters = new Map<string, number>();
  for (const flight of flights) for (const [name, ttl] of flight.spendsToKeep) counters.set(name, ttl);
  await inParts([...counters], (part) =>
    link.send((redis) => Promise.all(part.map(([name, ttl]) => redis.expire(names.prefix + name, ttl)))),
  );
}
