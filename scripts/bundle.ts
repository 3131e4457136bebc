import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { billOfMaterials } from './bundle/bill-of-materials.ts';
import { bundledPackages } from './bundle/bundled-packages.ts';
import { dataFolderPlugin } from './bundle/data-folder-plugin.ts';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'containers/gateway');

/** Programs of the gateway's image: the gateway, the question whether it is well, the migration of the database. */
const programs = ['main', 'health', 'migrate'];

/** Data of `packages/litellm` that the programs read. */
const data = ['migrations', 'views', 'price-map/bedrock.jsonl', 'price-map/contexts.jsonl', 'price-map/LICENSE'];

/** Packages written for CommonJS ask for Node's own modules by `require`, which a module of ECMAScript does not have. */
const banner = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** 1980-01-01: the oldest date that every archive can hold. Layers of images hold the dates of files. */
const anyDate = new Date(315_532_800_000);

/**
 * Makes what the gateway's image holds: a program per file, their data, the authorities of RDS, the bill of materials and
 * the licences. The same sources give the same bytes.
 */
export async function bundleGateway(target: string = join(source, 'dist')): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}-`);
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(programs.map((name) => [name, join(source, `src/${name}.ts`)])),
      outdir: work,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      banner: { js: banner },
      // Names stay readable in stack traces.
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      metafile: true,
      // A driver in C that `pg` asks for and does without.
      external: ['pg-native'],
      plugins: [dataFolderPlugin],
      logLevel: 'warning',
    });
    const packages = bundledPackages(root, Object.keys(metafile.inputs));
    for (const path of data)
      cpSync(join(root, 'packages/litellm', path), join(work, 'litellm', path), { recursive: true });
    cpSync(join(root, 'containers/litellm/rds-ca.pem'), join(work, 'rds-ca.pem'));
    cpSync(join(root, 'LICENSE'), join(work, 'LICENSE'));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
    writeFileSync(join(work, 'sbom.cdx.json'), billOfMaterials('genai-gateway', version, packages));
    const licences = packages.map(({ name, version, licence, texts }) =>
      [`${name} ${version} (${licence})`, ...texts].join('\n\n'),
    );
    writeFileSync(join(work, 'LICENSES.txt'), `${licences.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
    for (const path of ['', ...readdirSync(work, { recursive: true, encoding: 'utf8' })]) {
      const file = join(work, path);
      chmodSync(file, statSync(file).isDirectory() ? 0o755 : 0o644);
      utimesSync(file, anyDate, anyDate);
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.main) await bundleGateway();
