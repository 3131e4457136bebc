import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeGatewayConfig } from '@genai-gateway/config';

/** The text of docs/configuration.md, made from the schema that the gateway itself reads. */
export function configurationPage(): string {
  const rows = describeGatewayConfig().map(
    (each) => `| \`${each.name}\` | ${each.default === '' ? '' : `\`${each.default}\``} | ${each.meaning} |`,
  );
  return `# Configuration of the gateway

Environment variables, read once at start; a wrong one is named, with what it should be. Made from
\`packages/config\` by \`node scripts/run.mjs scripts/configuration.ts\`. AWS credentials come from the AWS SDK's
default provider chain. \`npm start\` sets all of this by itself.

| variable | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}

const file = resolve(import.meta.dirname, '../docs/configuration.md');

/** Whether the page in the repository is the one that the schema gives. */
export function configurationPageIsTrue(): boolean {
  return readFileSync(file, 'utf8') === configurationPage();
}

if (import.meta.main) writeFileSync(file, configurationPage());
