import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, generateKey, manage } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { findChromium, keepScreenshot, openBrowser } from './support/browser.ts';
import { joinTeam, newPerson, newTeam, type Person } from './support/people.ts';
import { type Spent, spendByEveryLibrary } from './support/spending.ts';

const chromium = findChromium();
/** LiteLLM writes what it has served itself every ten seconds. */
const soon = { timeout: 45_000, interval: 500 };
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const days = `start_date=${day(-1)}&end_date=${day(1)}`;
const total = (spent: readonly Spent[]) => spent.reduce((sum, { costUsd }) => sum + costUsd, 0);

/** A member of a team who calls what the hot path serves and what LiteLLM serves, and fails once. */
describe.skipIf(world.litellm === undefined)('what both planes have served', () => {
  const alias = uniqueWord();
  let person: Person;
  let teamId = '';
  let key = '';
  let hash = '';
  let spent: readonly Spent[] = [];

  beforeAll(async () => {
    [person, teamId] = [await newPerson(), await newTeam()];
    await joinTeam(teamId, person);
    key = await generateKey({ user_id: person.userId, team_id: teamId, key_alias: alias });
    hash = String(at((await ask('/key/info', { key })).json, 'key'));
    spent = [...(await spendByEveryLibrary(key, 'nova-lite')), ...(await spendByEveryLibrary(key, 'gpt-4o-mini'))];
    const body = { model: 'nova-lite', messages: [{ role: 'user', content: 'No. [[sim error=ValidationException]]' }] };
    expect((await ask('/v1/chat/completions', { key, body })).status).toBe(400);
  });
  afterAll(stopPython);

  /** LiteLLM's own API, as its pages ask it. */
  const asAdmin = (path: string) => manage(path);

  it.each([
    ['the key', () => `/key/info?key=${hash}`, ['info', 'spend']],
    ['the user', () => `/user/info?user_id=${person.userId}`, ['user_info', 'spend']],
    ['the team', () => `/team/info?team_id=${teamId}`, ['team_info', 'spend']],
    ['the user by day', () => `/user/daily/activity?${days}&user_id=${person.userId}`, ['metadata', 'total_spend']],
    ['the team by day', () => `/team/daily/activity?${days}&team_ids=${teamId}`, ['metadata', 'total_spend']],
    ['the key by day', () => `/user/daily/activity?${days}&api_key=${hash}`, ['metadata', 'total_spend']],
  ] as const)('is what %s has spent, to the nano-dollar', async (_who, path, where) => {
    await expect.poll(async () => at(await asAdmin(path()), ...where), soon).toBeCloseTo(total(spent), 9);
  });

  it('is counted by day, failures among it', async () => {
    const metadata = async () => at(await asAdmin(`/user/daily/activity?${days}&api_key=${hash}`), 'metadata');
    await expect.poll(metadata, soon).toMatchObject({
      total_successful_requests: spent.length,
      total_failed_requests: 1,
      total_api_requests: spent.length + 1,
      total_prompt_tokens: spent.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
      total_completion_tokens: spent.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    });
  });

  it('is a row of the log each, with its tokens and its cost', async () => {
    const logs = async () => {
      const query = `start_date=${day(-1)}%2000:00:00&end_date=${day(1)}%2000:00:00&api_key=${hash}&page_size=100`;
      return at(await asAdmin(`/spend/logs/ui?${query}`), 'data') as unknown[];
    };
    await expect.poll(async () => (await logs()).length, soon).toBe(spent.length + 1);
    const rows = await logs();
    const figures = (each: unknown) => [
      at(each, 'model_group'),
      at(each, 'prompt_tokens'),
      at(each, 'completion_tokens'),
      Number(at(each, 'spend')).toFixed(9),
    ];
    expect(
      rows
        .filter((each) => at(each, 'status') === 'success')
        .map(figures)
        .toSorted(),
    ).toEqual(
      spent
        .map(({ model, inputTokens, outputTokens, costUsd }) => [model, inputTokens, outputTokens, costUsd.toFixed(9)])
        .toSorted(),
    );
    expect(rows.filter((each) => at(each, 'status') !== 'success').map(figures)).toEqual([
      ['nova-lite', expect.any(Number), expect.any(Number), '0.000000000'],
    ]);
    for (const row of rows) expect(row).toMatchObject({ user: person.userId, team_id: teamId, api_key: hash });
  });

  it('is told to the user, who sees their own', async () => {
    const { status, json } = await ask(`/user/daily/activity?${days}&user_id=${person.userId}`, { key: person.key });
    expect([status, at(json, 'metadata', 'total_spend')]).toEqual([200, expect.closeTo(total(spent), 9)]);
  });

  describe.skipIf(chromium === undefined)('shows on the pages', () => {
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      context = await openBrowser(chromium ?? '');
      page = await context.newPage();
      await page.goto(litellmWorld().adminUi);
      await page.getByLabel('Username').fill(litellmWorld().username);
      await page.getByRole('textbox', { name: 'Password' }).fill(litellmWorld().password);
      await page.getByRole('button', { name: 'Login', exact: true }).click();
      await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
      return () => context.browser()?.close();
    });
    const open = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

    it('of the log, under the name of the key', async () => {
      await open('Logs');
      const row = page.getByRole('row').filter({ hasText: alias }).filter({ hasText: 'nova-lite' }).first();
      await row.waitFor();
      await keepScreenshot(page, '12-logs-of-the-hot-path');
      expect(await row.textContent()).toMatch(/Success|Failure/);
    });

    it('of usage, for the model that the hot path served', async () => {
      await open('Usage');
      await page.getByRole('tab', { name: 'Model Activity' }).click();
      await page.getByText('nova-lite').filter({ visible: true }).first().waitFor();
      await keepScreenshot(page, '13-usage-of-the-hot-path');
    });
  });
});
