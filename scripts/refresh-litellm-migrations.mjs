// Takes LiteLLM's SQL migrations out of its published wheel and writes them to packages/litellm/migrations.
// Run it by hand when the pinned LiteLLM version moves:  node scripts/refresh-litellm-migrations.mjs
// Needs Python with pip. Which wheel belongs to a LiteLLM version is said by the `litellm-proxy-extras`
// requirement of that version's own package metadata.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repoRoot } from './lib/paths.mjs';

const litellmVersion = '1.106.2';
const wheel = {
  name: 'litellm-proxy-extras',
  version: '0.4.108',
  sha256: 'e0e62cebf6ac3789236319f46a326e80904951baac28c8b58dadcf088643d3e7',
};

const target = join(repoRoot, 'packages/litellm/migrations');
const work = mkdtempSync(join(tmpdir(), 'litellm-migrations-'));
try {
  writeFileSync(join(work, 'requirements.txt'), `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const quiet = { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(
    'python3',
    [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--require-hashes',
      '-r',
      'requirements.txt',
      '-q',
    ],
    quiet,
  );
  const file = readdirSync(work).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error('pip downloaded no wheel.');
  // pip has checked this already; a pip that was told to ignore hashes must not get past us either.
  const digest = createHash('sha256')
    .update(readFileSync(join(work, file)))
    .digest('hex');
  if (digest !== wheel.sha256) throw new Error(`${file} has the SHA-256 ${digest}, not ${wheel.sha256}.`);
  execFileSync('python3', ['-m', 'zipfile', '-e', file, 'wheel'], quiet);

  const source = join(work, 'wheel/litellm_proxy_extras/migrations');
  const names = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const order = names.map((name) => {
    const sql = readFileSync(join(source, name, 'migration.sql'));
    writeFileSync(join(target, `${name.replace(/[^A-Za-z0-9_-]/g, '_')}.sql`), sql);
    return `${createHash('sha256').update(sql).digest('hex')}  ${name}\n`;
  });
  writeFileSync(join(target, 'ORDER'), order.join(''));
  const license = join(work, `wheel/litellm_proxy_extras-${wheel.version}.dist-info/licenses/LICENSE`);
  writeFileSync(join(target, 'LICENSE'), readFileSync(license));
  writeFileSync(join(target, 'README.md'), readme(names.length, new Date().toISOString().slice(0, 10)));
  process.stdout.write(`${names.length} migrations written to packages/litellm/migrations\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function readme(count, date) {
  return `# LiteLLM's database migrations

The SQL that makes the tables of LiteLLM ${litellmVersion}, unchanged, in ${count} files. The launcher and the tests
apply it to an empty Postgres, and in AWS the migration task of \`containers/gateway\` does.

| | |
|---|---|
| source | \`${wheel.name}\` ${wheel.version} from PyPI |
| SHA-256 of the wheel | \`${wheel.sha256}\` |
| taken on | ${date} |
| licence | MIT, see LICENSE |

\`ORDER\` lists the SHA-256 and the original name of each migration, in the order in which they apply. A file has
the name of its migration with every character other than letters, digits, \`_\` and \`-\` replaced by \`_\`.

Do not edit these files: \`node scripts/refresh-litellm-migrations.mjs\` writes this folder anew.
`;
}
