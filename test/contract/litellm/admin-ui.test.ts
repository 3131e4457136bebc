import { readFileSync } from 'node:fs';
import { defaultConfigFile } from '@genai-gateway/local';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, chat, manage } from '../support/litellm.ts';
import { at } from '../support/reply.ts';
import { requestsWith, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { findChromium, keepScreenshot, listenForPieces, openBrowser, type Watched, watch } from './support/browser.ts';

const chromium = findChromium();

/** LiteLLM's pages ask a dozen questions each before they are whole, on a machine that runs everything. */
const soon = { timeout: 60_000, interval: 250 };
const alias = `by-hand-${Date.now().toString(36)}`;

/**
 * What LiteLLM's pages ask for, and LiteLLM does not have: an icon under the name that the build gave it,
 * and the data of a page for which they then load the page itself.
 * Source: LiteLLM 1.106.2, proxy/_experimental/out, tried without the gateway (read 2026-11-23).
 */
const unserved = ['GET /favicon.ico', 'GET /ui.txt'];

/**
 * A person at the Admin UI, from the first page to the last. One browser, and each test goes on where
 * the one before it has stopped.
 */
describe.skipIf(world.litellm === undefined || chromium === undefined)('the Admin UI, through the gateway', () => {
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;
  let piecesOf: (requestId: string) => readonly number[];
  /** What the form has shown of the key that it made, once. */
  let key = '';

  beforeAll(async () => {
    context = await openBrowser(chromium ?? '');
    page = await context.newPage();
    watched = watch(page);
    piecesOf = await listenForPieces(page);
    return () => context.browser()?.close();
  });
  beforeEach(({ task, onTestFailed }) => {
    onTestFailed(() => keepScreenshot(page, `failed, ${task.name.replaceAll(/\W+/g, ' ').trim()}`));
  });

  const heading = (name: string, level: number) => page.getByRole('heading', { name, level });
  const button = (name: string | RegExp, within: Page | Locator = page) => within.getByRole('button', { name });
  const open = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const logIn = async (password: string) => {
    await page.getByLabel('Username').fill(litellmWorld().username);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Login', exact: true }).click();
  };

  const atHome = async () => {
    await heading('Home', 1).waitFor();
    // Before it has numbers it may go to the login page and back once more, by itself.
    await page.getByText(/^[\d,]+ ok$/).waitFor();
  };
  /** Requests that got an error, `GET /path` each, without those that LiteLLM answers so by itself as well. */
  const refusals = () => {
    const failed = watched.answers.filter(({ status }) => status >= 400);
    return failed.map(({ method, url }) => `${method} ${url.pathname}`).filter((each) => !unserved.includes(each));
  };

  it('loads, with everything that its first page asks for', async () => {
    await page.goto(litellmWorld().adminUi);
    await heading('Login', 3).waitFor();
    await keepScreenshot(page, '01-login');
    expect(watched.answers.filter(({ url }) => url.pathname.includes('/_next/')).length).toBeGreaterThan(10);
    expect(refusals()).toEqual([]);
    expect(watched).toMatchObject({ broken: [], complaints: [], exceptions: [] });
  });

  it('refuses a wrong password, and says so', async () => {
    await logIn('wrong');
    await page.getByRole('alert').getByText('Invalid credentials').waitFor();
    await keepScreenshot(page, '02-wrong-password');
  });

  it('lets its administrator in', async () => {
    await logIn(litellmWorld().password);
    await atHome();
    await keepScreenshot(page, '03-home');
  });

  it('makes a key by its form, shows it once, and lists it', async () => {
    await open('Virtual Keys');
    await button('Create New Key').click();
    const form = page.getByRole('dialog', { name: 'Create New Key' });
    await form.getByRole('textbox', { name: 'Key Name' }).fill(alias);
    await form.getByRole('combobox', { name: 'Select models' }).click();
    for (const model of ['nova-lite', 'gpt-4o-mini'])
      await page.getByRole('option', { name: model, exact: true }).click();
    await keepScreenshot(page, '04-key-form');
    await page.keyboard.press('Escape');
    await button('Create Key', form).click();
    const shown = page.getByRole('dialog', { name: 'Save your Key' });
    key = await shown.getByText(/^sk-[\w-]{20,}$/).innerText();
    await keepScreenshot(page, '05-key-made');
    await button('Close', shown).first().click();
    const row = page.getByRole('row').filter({ hasText: alias });
    await row.getByText('nova-lite').waitFor();
    await keepScreenshot(page, '06-keys');
    expect(at(await manage(`/key/info?key=${key}`), 'info')).toMatchObject({
      key_alias: alias,
      models: ['nova-lite', 'gpt-4o-mini'],
    });
  });

  it('has made a key that works at once, and for its models only', async () => {
    const served = async (model: string) => {
      const { status, headers } = await ask('/v1/chat/completions', { key, body: chat(model, 'Hello.') });
      return [model, status, headers.get('x-gateway-served-by')];
    };
    expect(await served('nova-lite')).toEqual(['nova-lite', 200, null]);
    expect(await served('gpt-4o-mini')).toEqual(['gpt-4o-mini', 200, 'litellm']);
    expect(await served('claude-sonnet')).toEqual(['claude-sonnet', 403, null]);
  });

  it('lists the models of the configuration file', async () => {
    const names = [...readFileSync(defaultConfigFile, 'utf8').matchAll(/^ {2}- model_name: (\S+)$/gm)].map(
      ([, name]) => name,
    );
    expect(names).toContain('sagemaker-llama');
    await open('Models + Endpoints');
    const information = page.getByRole('row').locator('td:nth-child(2)');
    const listed = async () => (await information.allInnerTexts()).map((text) => text.split('\n')[0]);
    await expect.poll(listed, soon).toEqual(expect.arrayContaining(names));
    await keepScreenshot(page, '07-models');
  });

  describe('its playground, with that key', () => {
    beforeAll(async () => {
      await open('Playground');
      await page.getByRole('combobox', { name: 'Virtual Key Source' }).click();
      await page.getByRole('option', { name: 'Virtual Key', exact: true }).click();
      await page.getByRole('textbox', { name: 'Enter custom Virtual Key' }).fill(key);
    });

    it.each([
      ['nova-lite', 'on the hot path', undefined, () => world.simulator],
      ['gpt-4o-mini', 'by LiteLLM', 'litellm', () => litellmWorld().openai],
    ])('shows the answer of %s, served %s, as it comes', async (model, _how, servedBy, provider) => {
      const words = 60;
      const prompt = `${uniqueWord()} [[sim words=${words} delayMs=80]]`;
      await button('Clear Chat').click();
      await page.getByRole('combobox', { name: 'Select a Model' }).click();
      await page.getByRole('option', { name: new RegExp(`^${model}\\b`) }).click();
      await page.getByRole('textbox', { name: /^Type your message/ }).fill(prompt);
      const answered = page.waitForResponse((response) => response.url().endsWith('/chat/completions'));
      await button('Send message').click();

      await page.getByText(new RegExp(`\\bword3\\b(?!.*\\bword${words}\\b)`)).waitFor();
      await keepScreenshot(page, `08-playground-${model}-halfway`);
      const headers = (await answered).headers();
      await page.getByText(new RegExp(`\\bword${words}$`)).waitFor();
      await page.getByText(/Total Latency/).waitFor();
      await keepScreenshot(page, `09-playground-${model}`);

      expect([(await answered).status(), headers['x-gateway-served-by']]).toEqual([200, servedBy]);
      const pieces = piecesOf(headers['x-request-id'] ?? '');
      expect(pieces.length).toBeGreaterThan(10);
      expect((pieces.at(-1) ?? 0) - (pieces[0] ?? 0)).toBeGreaterThan(2);
      expect(await requestsWith(prompt, provider())).toHaveLength(1);
    });
  });

  it('shows what LiteLLM has spent', async () => {
    await open('Usage');
    await page.getByRole('tab', { name: 'Model Activity' }).waitFor();
    await page.getByRole('tabpanel', { name: 'Overview' }).getByText('Total Requests').waitFor();
    await keepScreenshot(page, '10-usage');
  });

  it('has the call that LiteLLM served in its log, under the name of the key', async () => {
    await open('Logs');
    // LiteLLM writes its log every ten seconds, and the page reads it every fifteen.
    await page.getByRole('row').filter({ hasText: alias }).filter({ hasText: 'gpt-4o-mini' }).first().waitFor();
    await keepScreenshot(page, '11-logs');
  });

  it('logs out, and then shows nothing any more', async () => {
    await button(/^Account menu/).click();
    await button('Logout').click();
    await heading('Login', 3).waitFor();
    await page.goto(new URL('api-keys/', litellmWorld().adminUi).href);
    await heading('Login', 3).waitFor();
    await keepScreenshot(page, '12-logged-out');
  });

  it('stays at the gateway’s address when it is entered by its login page', async () => {
    // It remembers where it was, and would go there in place of the address that LiteLLM tells it.
    await context.clearCookies();
    await page.goto(new URL('login/', litellmWorld().adminUi).href);
    await logIn(litellmWorld().password);
    await atHome();
    expect(new URL(page.url()).origin).toBe(new URL(world.http).origin);
    await keepScreenshot(page, '13-in-again');
  });

  it('has got everything from the gateway’s address, and nothing was broken or refused that should not be', () => {
    const elsewhere = watched.answers.filter(({ url }) => url.origin !== new URL(world.http).origin);
    expect(elsewhere.map(({ url }) => url.href)).toEqual([]);
    // The wrong password, and a question that the playground asks with a key that is for models only.
    const right = ['POST /v2/login', 'GET /v1/mcp/toolset'];
    expect(refusals().filter((each) => !right.includes(each))).toEqual([]);
    expect(watched.answers.filter(({ status, isLitellms }) => status >= 400 && !isLitellms)).toEqual([]);
    expect(watched).toMatchObject({ broken: [], exceptions: [] });
  });
});
