import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type DescribedVariable, describeDeployment } from '@genai-gateway/config';

/** The text of docs/deployment-variables.md, made from the schema that a deployment is read by. */
export function deploymentVariablesPage(): string {
  const { groups, handedThrough, refused } = describeDeployment();
  return `# Variables of a deployment

Environment variables, or lines of a file \`.env\` beside \`sst.config.ts\`, read before anything is built; everything that is
wrong or contradicts itself is named at once, with its mend. \`npm run configure\` asks for those that matter and writes the
file; \`npm run configure -- --check\` reads them and says what is wrong. SST reads \`.env\`, \`.env.local\`, \`.env.<stage>\` and
\`.env.<stage>.local\`, in this order: a later one goes before an earlier one, and each before the environment of the command.
An empty variable is as good as unset. Made from \`packages/config\` by \`node scripts/run.mjs scripts/deployment-variables.ts\`.

${groups.map(({ title, variables }) => `## ${title}\n\n${table(variables)}`).join('\n\n')}

## Of the gateway

These are handed to the gateway as they are; [configuration.md](configuration.md) says what they mean:
${handedThrough.map((name) => `\`${name}\``).join(', ')}.

These a deployment sets itself, and refuses to take:

| variable | because |
| --- | --- |
${refused.map(({ name, reason }) => `| \`${name}\` | ${reason} |`).join('\n')}
`;
}

function table(variables: readonly DescribedVariable[]): string {
  const rows = variables.map(
    (each) => `| \`${each.name}\` | ${each.default === '' ? '' : `\`${each.default}\``} | ${each.meaning} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

const file = resolve(import.meta.dirname, '../docs/deployment-variables.md');

/** Whether the page in the repository is the one that the schema gives. */
export function deploymentVariablesPageIsTrue(): boolean {
  return readFileSync(file, 'utf8') === deploymentVariablesPage();
}

if (import.meta.main) writeFileSync(file, deploymentVariablesPage());
