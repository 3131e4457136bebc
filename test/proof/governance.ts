import { parseArgs } from 'node:util';
import { proveBudgets } from './parts/budgets.ts';
import { proveKills } from './parts/kills.ts';
import { proveLimits } from './parts/limits.ts';
import { proveLogins } from './parts/logins.ts';
import { proveRevocation } from './parts/revocation.ts';
import { Report, say } from './support/report.ts';
import { type ProofWorld, startWorld } from './support/world.ts';

const usage = `Proves keys, limits, budgets and spend with two replicas, the real LiteLLM, Postgres and Valkey.

  node scripts/run.mjs test/proof/governance.ts [--short] [--runs N] [--only PART]

  --short       what CI runs: three minutes
  --runs N      how often something is killed under load (default 5, --short 1)
  --only PART   one part alone: limits, budgets, kills, revocation, logins
`;

export interface ProofOptions {
  readonly short: boolean;
  readonly runs: number;
}

const parts: Readonly<Record<string, (world: ProofWorld, report: Report, options: ProofOptions) => Promise<void>>> = {
  limits: proveLimits,
  budgets: proveBudgets,
  kills: proveKills,
  revocation: proveRevocation,
  logins: proveLogins,
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      runs: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const names = values.only === undefined ? Object.keys(parts) : values.only.split(',');
  const runs = Number(values.runs ?? (values.short ? 1 : 5));
  if (names.some((name) => parts[name] === undefined) || !Number.isInteger(runs) || runs < 1) {
    process.stderr.write(usage);
    return 2;
  }
  const begun = performance.now();
  const world = await startWorld();
  const report = new Report(() => world.replicas.flatMap((replica) => replica.complaints()));
  say(`Everything runs after ${((performance.now() - begun) / 1000).toFixed(0)} s.`);
  try {
    for (const name of names) await parts[name]?.(world, report, { short: values.short, runs });
  } finally {
    await world.stop();
  }
  return report.end();
}

process.exitCode = await main();
