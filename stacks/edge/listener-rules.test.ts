import { type PublicRoute, routeTable } from '@genai-gateway/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { route } from '../../containers/gateway/src/router.ts';
import { listenerLimits, listenerRules } from './listener-rules.ts';

const open = ['/health/liveliness', '/health/liveness', '/health/readiness'];
const target = 'gateway' as const;

describe('the rules of the route table', () => {
  test.each([
    ['without an edge', undefined, undefined],
    ['with a secret', ['one'], ['one']],
    ['while it is rotated', ['two', 'one'], ['two', 'one']],
  ])('%s', (_name, secrets, asked) => {
    expect(listenerRules(routeTable, secrets)).toEqual([
      { priority: 1, paths: open, secrets: undefined, target },
      { priority: 2, paths: ['/v1/prompts', '/v1/prompts/*'], secrets: asked, target: 'prompts-admin' },
      { priority: 3, paths: ['/v1/sessions', '/v1/sessions/*'], secrets: asked, target: 'chat-history' },
      { priority: 4, paths: ['/*'], secrets: asked, target },
    ]);
  });

  test('say what the gateway serves: what is open are its health routes, and nothing else is', () => {
    const kindOf = (path: string) => route('GET', path, { openProviderRoutes: [], hasQuery: false }).kind;
    const openPaths = routeTable.flatMap(({ access, paths }) => (access === 'open' ? paths : []));
    expect(new Set(openPaths.map(kindOf))).toEqual(new Set(['liveness', 'readiness']));
    for (const path of ['/', '/bedrock/health/liveliness', '/v1/models', '/health', '/ui/']) {
      expect(openPaths).not.toContain(path);
    }
    // Whatever passes the edge reaches the gateway, as on one machine, where there is nothing before it.
    expect(routeTable.at(-1)).toEqual({ paths: ['/*'], target: 'gateway', access: 'edge' });
  });
});

describe('what a listener does not take', () => {
  test.each<[string, readonly PublicRoute[], readonly string[] | undefined, RegExp]>([
    ['an open path that is a pattern', [{ paths: ['/health/*'], target, access: 'open' }], ['one'], /exact/],
    ['an open path with ?', [{ paths: ['/health/live?'], target, access: 'open' }], undefined, /exact/],
    ['an edge without a secret', routeTable, [], /no secret/],
    ['more secrets than a condition has values', routeTable, ['1', '2', '3', '4'], /fits into no rule/],
    [
      'a path of too many wildcards',
      [{ paths: ['/*/*/*/*/*/*'], target, access: 'edge' }],
      undefined,
      /fits into no rule/,
    ],
    [
      'more rules than a listener has',
      Array.from({ length: 101 }, (_, index) => ({ paths: [`/${index}`], target, access: 'edge' }) as const),
      undefined,
      /100 at most/,
    ],
  ])('%s', (_name, routes, secrets, words) => {
    expect(() => listenerRules(routes, secrets)).toThrow(words);
  });
});

const path = fc.stringMatching(/^\/[a-z]{1,8}\*?$/);
const routes = fc.array(
  fc.record({
    paths: fc.array(path, { minLength: 1, maxLength: 12 }),
    access: fc.constantFrom('open' as const, 'edge' as const),
  }),
  { maxLength: 20 },
);
const secrets = fc.option(fc.array(fc.stringMatching(/^[a-z0-9]{8}$/), { minLength: 1, maxLength: 3 }), {
  nil: undefined,
});

test('any route table keeps the limits, and every path its order and its secret', () => {
  fc.assert(
    fc.property(routes, secrets, (table, accepted) => {
      const made = table.map(({ access, paths }): PublicRoute => {
        const exact = access === 'open' ? paths.map((each) => each.replaceAll('*', '')) : paths;
        return { paths: exact as [string, ...string[]], access, target };
      });
      const rules = listenerRules(made, accepted);
      expect(rules.map(({ priority }) => priority)).toEqual(rules.map((_, index) => index + 1));
      for (const rule of rules) {
        const held = rule.secrets ?? [];
        expect(rule.paths.length).toBeGreaterThan(0);
        expect(Math.max(rule.paths.length, held.length)).toBeLessThanOrEqual(listenerLimits.valuesPerCondition);
        expect(rule.paths.length + held.length).toBeLessThanOrEqual(listenerLimits.valuesPerRule);
        expect(rule.paths.join('').split('*').length - 1).toBeLessThanOrEqual(listenerLimits.wildcardsPerRule);
      }
      const flat = (list: readonly { paths: readonly string[]; asks: readonly string[] | undefined }[]) =>
        list.flatMap(({ paths, asks }) => paths.map((each) => [each, asks]));
      expect(flat(rules.map((rule) => ({ paths: rule.paths, asks: rule.secrets })))).toEqual(
        flat(made.map((each) => ({ paths: each.paths, asks: each.access === 'edge' ? accepted : undefined }))),
      );
    }),
    { seed: 7, numRuns: 300 },
  );
});
