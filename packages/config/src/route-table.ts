/** Who answers a path: the gateway, or a Lambda function by its name. */
export type RouteTarget = 'gateway' | FunctionTarget;

/** The functions that answer requests; each is a folder of `functions/`. */
export type FunctionTarget = 'prompts-admin' | 'chat-history';

export interface PublicRoute {
  /** Patterns of a load balancer's rule: `*` for any characters, also none. */
  readonly paths: readonly [string, ...string[]];
  readonly target: RouteTarget;
  /** `open`: answered without the edge's secret, for health checks; exact paths only. */
  readonly access: 'open' | 'edge';
}

/**
 * Every path that is reachable from outside, first match first. The load balancer's rules are made of it, on
 * both platforms, and the local launcher serves by it.
 */
export const routeTable: readonly PublicRoute[] = [
  { paths: ['/health/liveliness', '/health/liveness', '/health/readiness'], target: 'gateway', access: 'open' },
  { paths: ['/v1/prompts', '/v1/prompts/*'], target: 'prompts-admin', access: 'edge' },
  { paths: ['/v1/sessions', '/v1/sessions/*'], target: 'chat-history', access: 'edge' },
  { paths: ['/*'], target: 'gateway', access: 'edge' },
];

/** The route that a path takes, as a load balancer decides it: whole, by its case, without a query. */
export function routeOf(path: string): PublicRoute | undefined {
  return patterns.find(({ pattern }) => pattern.test(path))?.route;
}

/** Each route by one pattern; made once, because the local front asks for every request. */
const patterns = routeTable.map((route) => ({
  route,
  pattern: new RegExp(`^(?:${route.paths.map(source).join('|')})$`, 's'),
}));

function source(path: string): string {
  const parts = path.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return parts.join('.*');
}
