import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const artefacts = resolve(import.meta.dirname, '../../artefacts');

/**
 * Chromium's program: `CHROMIUM`, or one of its usual names on `PATH`. Undefined on a machine without
 * one, where the tests that need it are skipped. Throws in CI, which must not skip them.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env['CHROMIUM'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const usual = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const isGiven = given !== undefined && given !== '';
  const found = (isGiven ? [given] : usual).find(isProgram);
  if (found !== undefined) return found;
  const missing = isGiven
    ? `CHROMIUM is ${given}, which cannot be run.`
    : 'There is no Chromium: install it, or set CHROMIUM to its path.';
  if (env['CI'] === 'true') throw new Error(`CI needs a browser. ${missing}`);
  process.stderr.write(`The tests of the Admin UI are skipped. ${missing}\n`);
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless browser with nothing stored in it, and what a person sees of it. Whoever opens it closes it. */
export async function openBrowser(executablePath: string): Promise<BrowserContext> {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    // As root it runs only without its sandbox; containers have a small /dev/shm and no GPU.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const context = await browser.newContext({ viewport: { width: 1760, height: 1000 } });
  context.setDefaultTimeout(60_000);
  return context;
}

/** Keeps what the page looks like, for people: `test/contract/artefacts/<name>.png`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(artefacts, `${name}.png`) });
}

/** One answer that a page got. */
interface Answered {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  /** Whether LiteLLM gave it; otherwise the gateway itself, or somebody else. */
  readonly isLitellms: boolean;
}

/** What a page has asked for, and what went wrong, since it was watched. */
export interface Watched {
  readonly answers: readonly Answered[];
  /** Requests that ended without an answer, except those that the page itself gave up. */
  readonly broken: readonly string[];
  /** Errors on the console, but for those about an answer's status: `answers` has them. */
  readonly complaints: readonly string[];
  /** Exceptions that nothing in the page caught. */
  readonly exceptions: readonly string[];
}

/** Writes down everything that a page asks for from now on. */
export function watch(page: Page): Watched {
  const answers: Answered[] = [];
  const broken: string[] = [];
  const complaints: string[] = [];
  const exceptions: string[] = [];
  page.on('response', (response) => {
    answers.push({
      method: response.request().method(),
      url: new URL(response.url()),
      status: response.status(),
      isLitellms: response.headers()['x-gateway-served-by'] === 'litellm',
    });
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    // What a page still waits for when it is left is no failure.
    if (reason !== 'net::ERR_ABORTED') broken.push(`${request.method()} ${request.url()}: ${reason}`);
  });
  page.on('console', (message) => {
    const isAboutStatus = message.text().startsWith('Failed to load resource: the server responded with a status of');
    if (message.type() === 'error' && !isAboutStatus) complaints.push(message.text());
  });
  page.on('pageerror', (error) => exceptions.push(error.message));
  return { answers, broken, complaints, exceptions };
}

/**
 * Listens to the browser's own network stack. Gives a function that says when the pieces of an answer
 * arrived, in seconds of the browser's clock, by the answer's `x-request-id`.
 */
export async function listenForPieces(page: Page): Promise<(requestId: string) => readonly number[]> {
  const network = await page.context().newCDPSession(page);
  const piecesOf = new Map<string, number[]>();
  const namesOf = new Map<string, string>();
  network.on('Network.responseReceived', ({ requestId, response }) => {
    const name = Object.entries(response.headers).find(([header]) => header.toLowerCase() === 'x-request-id')?.[1];
    if (name !== undefined) namesOf.set(name, requestId);
  });
  network.on('Network.dataReceived', ({ requestId, timestamp }) => {
    piecesOf.set(requestId, [...(piecesOf.get(requestId) ?? []), timestamp]);
  });
  await network.send('Network.enable');
  return (requestId) => piecesOf.get(namesOf.get(requestId) ?? '') ?? [];
}
