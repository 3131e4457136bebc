import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import { stopAll } from './src/child.ts';
import { idleMemory, measureLoaded, measureSingle, measureStreams, type Plan, warmUp } from './src/measure.ts';
import { resultsPage, terminalReport } from './src/report.ts';
import { writeRequests } from './src/requests.ts';
import type { Machine, Results } from './src/results.ts';
import { onPath, starters, startUpstream, type Target, type TargetName, targetNames } from './src/targets.ts';

const repository = resolve(import.meta.dirname, '..');
const binaries = join(repository, '.cache', 'bench');
const resultsFolder = join(import.meta.dirname, 'results');

const fullPlan: Plan = {
  rounds: 5,
  connections: 64,
  chunks: 50,
  warmUpMs: 4000,
  loadedMs: 2500,
  singleRounds: 3,
  singleMs: 1000,
  streams: 1000,
  paceMs: 200,
};
const quickPlan: Plan = {
  ...fullPlan,
  rounds: 2,
  warmUpMs: 4000,
  loadedMs: 700,
  singleRounds: 1,
  singleMs: 300,
  paceMs: 60,
};

const usage = `npm run bench -- [--quick] [--model <id>] [--targets nginx,go,gateway]
  --quick    about a minute instead of 4; nothing is written to bench/results
  --model    the Bedrock model id to ask for (default amazon.nova-lite-v1:0)
  --targets  measure only these; nothing is written to bench/results unless gateway and go are among them`;

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      model: { type: 'string', default: 'amazon.nova-lite-v1:0' },
      targets: { type: 'string', default: targetNames.join(',') },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = targetNames.filter((name) => values.targets.split(',').includes(name));
  return { ...values, wanted };
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

/** Standard library only, so the build needs no network and must not try. */
function buildGo(): void {
  mkdirSync(binaries, { recursive: true });
  execFileSync('go', ['build', '-o', `${binaries}/`, './upstream', './proxy', './load'], {
    cwd: join(import.meta.dirname, 'go'),
    env: { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOWORK: 'off', CGO_ENABLED: '0' },
    stdio: 'inherit',
  });
}

function machine(): Machine {
  const cores = availableParallelism();
  return {
    label: `${platform()}-${arch()}-${cores}c`,
    cpuModel: cpus()[0]?.model.trim() ?? 'an unknown CPU',
    cores,
    node: process.version,
    go: execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim(),
  };
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' }).trim();
    // A run writes into bench/results: its own files do not make the measured tree a changed one.
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!bench/results') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

/** The fake upstream builds its frames in Go: our own decoder has to find them whole, checksums included. */
async function checkUpstream(origin: string, path: string, chunks: number): Promise<void> {
  const response = await fetch(origin + path, { method: 'POST', body: '{}' });
  const run = new FrameSplitter().push(Buffer.from(await response.arrayBuffer()));
  let deltas = 0;
  forEachFrame(run, (offset) => {
    if (decodeFrame(run, offset).eventType === 'contentBlockDelta') deltas++;
  });
  if (deltas !== chunks) throw new Error(`the fake upstream gave ${deltas} of ${chunks} deltas`);
}

function write(results: Results): void {
  mkdirSync(resultsFolder, { recursive: true });
  const file = join(resultsFolder, `${results.date}-${results.machine.label}.json`);
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  const runs = readdirSync(resultsFolder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse()
    .map((name) => JSON.parse(readFileSync(join(resultsFolder, name), 'utf8')) as Results);
  writeFileSync(join(resultsFolder, 'README.md'), resultsPage(runs));
  say(`wrote ${file}`);
}

async function main(): Promise<void> {
  const { quick, model, wanted, help } = options();
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  if (wanted.length === 0) throw new Error(`nothing to measure\n${usage}`);
  if (onPath('go') === undefined)
    throw new Error('Go is not on PATH. The load, the upstream and the reference are Go programs: https://go.dev/dl/');
  if (platform() !== 'linux') say('without /proc, CPU comes from ps: see "Other systems" in bench/README.md');
  say('building bench/go');
  buildGo();

  const directory = mkdtempSync(join(tmpdir(), 'genai-bench-'));
  // Postgres refuses to run as root, so the launcher may run it as another user, who has to pass through here.
  chmodSync(directory, 0o711);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Not `once`: under npm one Ctrl-C arrives twice, and the second must not end this before the targets.
    process.on(signal, () => {
      say('stopping');
      void stopAll().finally(() => {
        rmSync(directory, { recursive: true, force: true });
        process.exit(130);
      });
    });
  }
  try {
    const plan = quick ? quickPlan : fullPlan;
    const key = `sk-bench-${crypto.randomUUID()}`;
    const requests = writeRequests(directory, model);
    const upstream = await startUpstream(binaries);
    await checkUpstream(upstream.origin, requests['converse-stream'].path, plan.chunks);

    const targets = new Map<TargetName, Target>();
    const missing: Partial<Record<TargetName, string>> = {};
    for (const name of wanted) {
      say(`starting ${name}`);
      const own = { repository, binaries, directory: join(directory, name), upstream: upstream.origin, key };
      const target = await starters[name](own);
      if ('missing' in target) {
        missing[name] = target.missing;
        say(`${name} is left out: ${target.missing}`);
        continue;
      }
      targets.set(name, target);
    }
    const bench = { plan, binaries, key, upstream, targets, requests, say };
    const idle = idleMemory(bench);
    await warmUp(bench);
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      commit: commit(),
      machine: machine(),
      settings: { ...plan, model },
      missing,
      loaded: await measureLoaded(bench),
      single: await measureSingle(bench),
      streams: await measureStreams(bench, idle),
    };
    process.stdout.write(`${terminalReport(results)}\n`);
    if (!quick && targets.has('gateway') && targets.has('go')) write(results);
    if ('gateway' in missing) process.exitCode = 1;
  } catch (error) {
    say(`the logs are in ${directory}`);
    throw error;
  } finally {
    await stopAll();
  }
  rmSync(directory, { recursive: true, force: true });
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
