import { estimate } from './cost/estimate.ts';
import type { Template } from './cost/estimators/estimator.ts';
import { originalRows, type Platform } from './cost/original.ts';
import { readTemplates } from './cost/read-templates.ts';
import { reportOf, reportText } from './cost/report.ts';
import { messageOf, OperatorFailure, runCommand, textOption } from './shared/command.ts';
import { placeOf } from './shared/environment.ts';

interface Costed {
  readonly platform: Platform;
  readonly templates: readonly Template[];
}

/** What `npm run deploy` adds to the defaults; the account is made up, nothing of it is called. */
const asDeployed = {
  CLOUDFRONT_WAF: 'true',
  CLOUDFRONT_WEB_ACL_ARN:
    'arn:aws:wafv2:us-east-1:111122223333:global/webacl/genai-gateway/00000000-0000-0000-0000-000000000000',
};

await runCommand({
  help: `Estimates what a deployment costs in a month, beside the rows of the original sample at the same traffic.

  npm run cost -- --stage STAGE [--region REGION]   what is configured here (.env and the environment)
  npm run cost -- --defaults                        every variable at its default, on both platforms
  npm run cost -- --templates DIR [--platform P]    templates that were synthesised before

  --parts        the parts of each row
  --json         for scripts
  --platform P   ecs or eks: whose rows are shown beside templates of a folder (default ecs)

Prices are a table in this repository (scripts/operate/cost/prices.ts) with a date and a source per row, not AWS's of
today; the traffic is in cost/traffic.ts. What has no price here is named, and is not in the total. Tokens of models
are not part of it.`,
  options: {
    ...{ stage: { type: 'string' }, region: { type: 'string' }, defaults: { type: 'boolean' } },
    ...{ templates: { type: 'string' }, platform: { type: 'string' } },
    ...{ parts: { type: 'boolean' }, json: { type: 'boolean' } },
  },
  run: async (values, { out }) => {
    const folder = textOption(values, 'templates');
    const stage = textOption(values, 'stage');
    const { environment, region } = placeOf(values);
    let costed: Costed[];
    if (folder !== undefined) {
      costed = [{ platform: platformOf(textOption(values, 'platform') ?? 'ecs'), templates: readTemplates(folder) }];
    } else if (values['defaults'] === true) {
      costed = [
        await synthesised('cost', region, asDeployed),
        await synthesised('cost', region, { ...asDeployed, DEPLOYMENT_PLATFORM: 'EKS' }),
      ];
    } else if (stage !== undefined) {
      costed = [await synthesised(stage, region, environment)];
    } else {
      throw new OperatorFailure('Nothing is named to be estimated.', 'give --stage, --defaults or --templates');
    }
    const reports = costed.map(({ platform, templates }) => reportOf(estimate(templates), platform));
    if (values['json'] === true) out(JSON.stringify(reports, undefined, 2));
    else out(reports.map((report) => reportText(report, { withParts: values['parts'] === true })).join('\n\n'));
    return 0;
  },
});

function platformOf(name: string): Platform {
  if (name === 'ecs' || name === 'eks') return name;
  throw new OperatorFailure(`There is no platform ${name}.`, `name one of ${Object.keys(originalRows).join(', ')}`);
}

/** What is used of stacks/proof/synthesise.ts. Stated here, because CDK's types need settings of their own. */
interface Synthesis {
  readonly synthesise: (variant: {
    readonly name: string;
    readonly stage: string;
    readonly region: string;
    readonly env: Readonly<Record<string, string>>;
  }) => {
    readonly deployment: { readonly platform: { readonly kind: Platform } };
    readonly templates: Readonly<Record<string, Template>>;
  };
}

/** The stacks are loaded here and not above: CDK takes seconds, and templates of a folder need none of it. */
async function synthesised(stage: string, region: string, environment: NodeJS.ProcessEnv): Promise<Costed> {
  const { synthesise } = (await import(new URL('../../stacks/proof/synthesise.ts', import.meta.url).href)) as Synthesis;
  const env = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  try {
    const { deployment, templates } = synthesise({ name: stage, stage, region, env });
    return { platform: deployment.platform.kind, templates: Object.values(templates) };
  } catch (error) {
    if ((error as Error).name !== 'ConfigError') throw error;
    throw new OperatorFailure(
      messageOf(error),
      'mend the variables, then try again; docs/deployment-variables.md has them all',
    );
  }
}
