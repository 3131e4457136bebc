import type { PublicRoute, RouteTarget } from '@genai-gateway/config';

/** A rule of a listener that forwards. */
export interface ListenerRule {
  /** Also names the rule, so that a route put between others changes what rules say, and never swaps their places. */
  readonly priority: number;
  readonly paths: readonly string[];
  /** One of these has to be in the edge's header; undefined: nothing is asked for. */
  readonly secrets: readonly string[] | undefined;
  readonly target: RouteTarget;
}

/**
 * What a load balancer takes, which neither CDK nor CloudFormation checks before a deployment
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html, as of 2026-11-23; of
 * wildcards some translations say 6).
 */
export const listenerLimits = { rules: 100, valuesPerCondition: 3, valuesPerRule: 5, wildcardsPerRule: 5 } as const;

/**
 * The rules of a listener by the route table: the first that matches counts, and what none matches is refused by the
 * listener's default action.
 *
 * @param secrets Values of the edge's header that pass; undefined: the listener has no edge in front that sends one.
 */
export function listenerRules(
  routes: readonly PublicRoute[],
  secrets: readonly string[] | undefined,
): readonly ListenerRule[] {
  if (secrets?.length === 0) throw new Error('With no secret that passes, nothing would.');
  const rules = routes.flatMap((route) => {
    if (route.access === 'open') route.paths.forEach(assertExact);
    const asked = route.access === 'edge' ? secrets : undefined;
    return inRules(route.paths, asked?.length ?? 0).map((paths) => ({ paths, secrets: asked, target: route.target }));
  });
  if (rules.length > listenerLimits.rules) {
    throw new Error(`The route table makes ${rules.length} rules, and a listener has ${listenerLimits.rules} at most.`);
  }
  return rules.map((rule, index) => ({ priority: index + 1, ...rule }));
}

/** What is open is open by its whole name only: a pattern could let through what it was not meant for. */
function assertExact(path: string): void {
  if (/[*?]/.test(path)) throw new Error(`The open path ${path} has to be exact, without * and ?.`);
}

/** As many paths in one rule as it takes beside the secrets. */
function inRules(paths: readonly string[], secretCount: number): readonly (readonly string[])[] {
  const rules: string[][] = [[]];
  for (const path of paths) {
    const [last = []] = rules.slice(-1);
    if (last.length === 0 || fits([...last, path], secretCount)) last.push(path);
    else rules.push([path]);
  }
  for (const rule of rules) {
    if (!fits(rule, secretCount)) throw new Error(`${rule.join(', ')} with ${secretCount} secrets fits into no rule.`);
  }
  return rules;
}

function fits(paths: readonly string[], secretCount: number): boolean {
  const wildcards = paths.join('').replace(/[^*?]/g, '').length;
  return (
    Math.max(paths.length, secretCount) <= listenerLimits.valuesPerCondition &&
    paths.length + secretCount <= listenerLimits.valuesPerRule &&
    wildcards <= listenerLimits.wildcardsPerRule
  );
}
