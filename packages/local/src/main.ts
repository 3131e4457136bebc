import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayDied } from './gateway-process.ts';
import { errorText, LaunchFailure } from './launch-failure.ts';
import { parseOptions } from './options.ts';
import { removeReadyFile, writeReadyFile } from './ready-file.ts';
import { startStack } from './stack.ts';
import type { Stack } from './stack-types.ts';
import { StopRequest, stopRequests } from './stop-requests.ts';
import { helpText, litellmReadyText, loginText, readyText } from './texts.ts';

const repoRoot = fileURLToPath(new URL('../../../', import.meta.url));

process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2));
// Nothing of ours is running any more; a forgotten handle must not keep the terminal.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      say(helpText.trimEnd());
      return 0;
    }
    return await launch(options);
  } catch (error) {
    return fail(error);
  }
}

async function launch(options: ReturnType<typeof parseOptions>): Promise<number> {
  const begun = performance.now();
  const readyFile = options.readyFile === undefined ? undefined : fromCaller(options.readyFile);
  if (readyFile !== undefined) removeReadyFile(readyFile);
  const stop = stopRequests();
  const over = new AbortController();
  let stack: Stack | undefined;
  try {
    stack = await startStack({
      stateDir: options.state === undefined ? resolve(repoRoot, '.state') : fromCaller(options.state),
      port: options.port,
      tlsPort: options.tlsPort,
      upstream: options.upstream,
      keys: options.keys,
      ...(options.config === undefined ? {} : { configFile: fromCaller(options.config) }),
      ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
      litellm: options.litellm,
      ...(options.litellmPython === undefined ? {} : { litellmPython: fromCaller(options.litellmPython) }),
      reset: options.reset,
      echoLog: options.log,
      signal: stop.signal,
      onStep: ({ name, detail, durationMs }) => say(`${name.padEnd(13)}${seconds(durationMs)}  ${detail}`),
      onNotice: (text) => say(text),
    });
    stop.killer = () => stack?.kill();
    if (readyFile !== undefined) writeReadyFile(readyFile, stack, 'not-ready');
    say(`${'Ready'.padEnd(13)}${seconds(performance.now() - begun)}`);
    say(readyText(stack));
    announceLitellm(stack, begun, readyFile, AbortSignal.any([stop.signal, over.signal]));
    const ended = await Promise.race([stop.requested, stack.gatewayExited.then(() => 'gateway-ended' as const)]);
    if (ended === 'gateway-ended' && !stop.signal.aborted) throw gatewayDied('unexpectedly', stack.gatewayLog);
    say('Stopping …');
    return 0;
  } catch (error) {
    if (error instanceof StopRequest) return error.exitCode;
    throw error;
  } finally {
    over.abort();
    if (readyFile !== undefined) removeReadyFile(readyFile);
    await stack?.stop();
    if (stop.signal.aborted) say('stopped');
  }
}

/** Says when LiteLLM serves, and writes it to the ready file. That it cannot be had has been said by then. */
function announceLitellm(stack: Stack, begun: number, readyFile: string | undefined, over: AbortSignal): void {
  const { litellm } = stack;
  if (litellm === undefined) return;
  const announce = () => {
    if (over.aborted) return;
    say(`${'LiteLLM'.padEnd(13)}${seconds(performance.now() - begun)}  ${litellmReadyText(litellm)}`);
    if (stack.issuer !== undefined) say(loginText(stack.http, stack.issuer.issuer));
    try {
      if (readyFile !== undefined) writeReadyFile(readyFile, stack, 'ready');
    } catch (error) {
      say(`The ready file could not be written again: ${errorText(error)}`);
    }
  };
  litellm.ready.then(announce, () => undefined);
}

function fail(error: unknown): number {
  if (error instanceof LaunchFailure) {
    process.stderr.write(`\n${error.message}\n${error.mend === undefined ? '' : `${error.mend}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(`\nThe launcher failed in a way it does not know; please report this:\n`);
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

/** npm runs scripts in the repository's top folder, whatever folder the caller is in. */
function fromCaller(path: string): string {
  const byNpm = process.env['npm_lifecycle_event'] === 'start' ? process.env['INIT_CWD'] : undefined;
  return resolve(byNpm ?? process.cwd(), path);
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`.padStart(7);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
