import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/*
 * Takes the prices of Bedrock's models, and how much they read and write, out of LiteLLM's wheel: `node
 * scripts/price-map.ts [site-packages]`. Without an argument: out of the LiteLLM that `npm start` has installed.
 */
const root = resolve(import.meta.dirname, '..');
const [installed] = globSync('.cache/venv-litellm-*/lib/python*/site-packages', { cwd: root });
const packages = process.argv[2] ?? (installed === undefined ? undefined : resolve(root, installed));
if (packages === undefined)
  throw new Error('LiteLLM is not installed here. Run npm start once, or name its site-packages.');

const [metadata] = globSync('litellm-*.dist-info', { cwd: packages });
const version = metadata?.slice('litellm-'.length, -'.dist-info'.length);
if (metadata === undefined || version === undefined) throw new Error(`${packages}: there is no litellm in it.`);

const source = resolve(packages, 'litellm/model_prices_and_context_window_backup.json');
const map = JSON.parse(readFileSync(source, 'utf8')) as Record<string, Record<string, unknown>>;

/** What a name must not look like: sizes and steps of pictures, and throughput that is bought by the month. */
const UNREACHABLE = /^(?:\d+-x-|max-x-)|-month-commitment\//;
/** The price of a search in the web, which Bedrock's models do not make. */
const WEB_SEARCH = 'search_context_cost_per_query';
const PROVIDERS = new Set(['bedrock', 'bedrock_converse']);
const CHATS = new Set(['chat', 'completion', 'responses']);
const MODES = new Set(['chat', 'completion', 'embedding', 'image_generation', 'image_edit', 'rerank', 'guardrail']);

const lines = Object.entries(map)
  .filter(([name]) => !UNREACHABLE.test(name))
  .filter(([, entry]) => PROVIDERS.has(String(entry['litellm_provider'])) && MODES.has(String(entry['mode'])))
  .map(
    ([name, entry]) =>
      [
        name,
        Object.entries(entry)
          .filter(([field]) => isWanted(field))
          .sort(byName),
      ] as const,
  )
  .sort(byName)
  .map(([name, fields]) => JSON.stringify({ model: name, ...Object.fromEntries(fields) }));

/** How much the chat models of other providers read: sessions are cut to that. */
const contexts = Object.entries(map)
  .filter(([, entry]) => !PROVIDERS.has(String(entry['litellm_provider'])))
  // A length of 0 is one that nobody has written down.
  .filter(([, entry]) => CHATS.has(String(entry['mode'])) && Number(entry['max_input_tokens'] ?? 0) > 0)
  .map(([name, entry]) => [name, entry['max_input_tokens']] as const)
  .sort(byName)
  .map(([model, tokens]) => JSON.stringify({ model, max_input_tokens: tokens }));

const folder = resolve(root, 'packages/litellm/price-map');
mkdirSync(folder, { recursive: true });
writeFileSync(resolve(folder, 'bedrock.jsonl'), `${lines.join('\n')}\n`);
writeFileSync(resolve(folder, 'contexts.jsonl'), `${contexts.join('\n')}\n`);
copyFileSync(resolve(packages, metadata, 'licenses/LICENSE'), resolve(folder, 'LICENSE'));
writeFileSync(
  resolve(folder, 'about.json'),
  `${JSON.stringify({ litellmVersion: version, source: `litellm/${basename(source)}`, models: lines.length }, null, 2)}\n`,
);
process.stdout.write(`${lines.length} models of LiteLLM ${version} from ${dirname(source)}\n`);

function isWanted(field: string): boolean {
  return (
    (/cost/.test(field) && field !== WEB_SEARCH) ||
    /^(?:mode|max_input_tokens|max_output_tokens|max_tokens)$/.test(field)
  );
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
