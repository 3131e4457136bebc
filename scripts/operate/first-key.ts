import { firstRequests } from '@genai-gateway/local/first-requests';
import { chatModel, listModels, makeKey } from './first-key/make-key.ts';
import { OperatorFailure, requiredOption, runCommand, textOption, type Values } from './shared/command.ts';
import { outputsOf, readDeployedStacks } from './shared/deployed.ts';
import { placeOf, readTextFile } from './shared/environment.ts';
import { readSecret } from './shared/secret.ts';

interface Gateway {
  readonly url: string;
  readonly masterKey: string;
  /** Where the master key is, in words. */
  readonly whereItIs: string;
}

await runCommand({
  help: `Makes a first virtual key, and prints the address, where the master key is, and three requests to paste.

  npm run first-key -- --stage STAGE [--region REGION] [options]
  npm run first-key -- --url URL --master-key-file FILE [options]

  --alias NAME          name of the key (default first-key)
  --max-budget USD      what may be spent with it
  --duration TIME       until it expires, such as 30d
  --url URL             another gateway than that of the stage, such as that of \`npm start\`
  --master-key-file F   where its master key is written, and nothing else
  --connect-to H:P      connect there instead, as through the jump host's tunnel; name and certificate stay
  --ca FILE             a certificate authority to trust

It reads the master key from Secrets Manager and never prints it. The virtual key is printed once: keep it.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, alias: { type: 'string' } },
    ...{ 'max-budget': { type: 'string' }, duration: { type: 'string' }, url: { type: 'string' } },
    ...{ 'master-key-file': { type: 'string' }, 'connect-to': { type: 'string' }, ca: { type: 'string' } },
  },
  run: async (values, { out, note }) => {
    const { region } = placeOf(values);
    const { url, masterKey, whereItIs } = await findGateway(values, region);
    out(`\n  URL          ${url}\n  Admin UI     ${url}/ui/\n  Master key   ${whereItIs}\n`);
    const connection = { connectTo: textOption(values, 'connect-to'), caFile: textOption(values, 'ca') };
    const request = {
      alias: textOption(values, 'alias') ?? 'first-key',
      maxBudgetUsd: budgetOf(values),
      duration: textOption(values, 'duration'),
    };
    const key = await makeKey(url, masterKey, request, connection);
    out(`  Virtual key  ${key}   (${request.alias}; it is not shown again)\n`);
    const models = await listModels(url, key, connection);
    if (models.length === 0) note('The gateway lists no models: look at the config.yaml that was deployed.\n');
    out(firstRequests({ url, awsUrl: url, key, model: chatModel(models), region, caFile: undefined }));
    return 0;
  },
});

async function findGateway(values: Values, region: string): Promise<Gateway> {
  const url = textOption(values, 'url')?.replace(/\/+$/, '');
  if (url !== undefined) {
    const file = requiredOption(values, 'master-key-file', './master-key');
    return { url, masterKey: readTextFile(file, 'write the master key into it').trim(), whereItIs: file };
  }
  const stage = requiredOption(values, 'stage', 'dev');
  const outputs = outputsOf(await readDeployedStacks(stage, region), stage, region);
  const arn = outputs.masterKeySecret;
  const name = arn
    .split(':')
    .slice(6)
    .join(':')
    .replace(/-\w{6}$/, '');
  const whereItIs = `Secrets Manager, ${name}
               https://${region}.console.aws.amazon.com/secretsmanager/secret?name=${encodeURIComponent(name)}&region=${region}
               aws secretsmanager get-secret-value --region ${region} --secret-id ${arn} --query SecretString --output text`;
  return { url: outputs.url, masterKey: (await readSecret(arn, region)).trim(), whereItIs };
}

function budgetOf(values: Values): number | undefined {
  const text = textOption(values, 'max-budget');
  if (text === undefined) return undefined;
  const usd = Number(text);
  if (Number.isFinite(usd) && usd > 0) return usd;
  throw new OperatorFailure(`--max-budget ${text} is no amount.`, 'give US dollars, such as --max-budget 20');
}
