import { describe, expect, it } from 'vitest';
import { routeOf } from './route-table.ts';

describe('the route of a path', () => {
  it.each([
    ['/v1/prompts', 'prompts-admin'],
    ['/v1/prompts/ABCDEFGHIJ/versions', 'prompts-admin'],
    ['/v1/prompts-of-others', 'gateway'],
    ['/v1/sessions', 'chat-history'],
    ['/v1/sessions/export', 'chat-history'],
    ['/V1/sessions', 'gateway'],
    ['/chat-history', 'gateway'],
    ['/health/readiness', 'gateway'],
    ['/v1/chat/completions', 'gateway'],
    ['/', 'gateway'],
  ])('%s is answered by %s', (path, target) => {
    expect(routeOf(path)?.target).toBe(target);
  });

  it('leaves health paths open, by their whole names alone', () => {
    expect(routeOf('/health/readiness')?.access).toBe('open');
    expect(routeOf('/health/readiness/x')?.access).toBe('edge');
  });
});
