import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deployment, readDeployment } from '@genai-gateway/config';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { App } from 'sst/constructs';
import { setProject } from 'sst/project.js';
import { buildGateway } from '../gateway-app.ts';
import { buildGlobalApp } from '../global/global-app.ts';
import { inRepository } from '../repository.ts';
import { at, text } from './json.ts';
import type { Template, Templates } from './templates.ts';
import { account, type Variant } from './variants.ts';

/** Name of the application, as in `sst.config.ts`. */
const name = 'genai-gateway';

/** A variant with all templates that would be deployed of it. */
export interface Synthesised {
  readonly variant: Variant;
  readonly deployment: Deployment;
  readonly templates: Templates;
  /** What aspects said of constructs, warnings and errors. */
  readonly messages: readonly string[];
  /** What CDK would ask AWS for before a deployment, and what stands in for the answer here. */
  readonly lookups: readonly { readonly key: string; readonly provider: string; readonly standIn: unknown }[];
}

/** Reads the configuration of a variant as `sst.config.ts` does. Throws ConfigError. */
export function deploymentOf({ stage, region, env }: Variant): Deployment {
  return readDeployment({ stage, region, env, folder: inRepository() });
}

/**
 * Makes the templates of a variant in this process, with SST's own App, as `npm run deploy` would: only the bundling
 * of code and the copying of assets are left out, so functions are placeholders. `prepare` may add aspects. SST keeps
 * one App per process in mind, so calls must not overlap.
 */
export function synthesise(variant: Variant, prepare: (app: App) => void = () => {}): Synthesised {
  const deployment = deploymentOf(variant);
  const passes = [pass(variant, variant.region, (app) => buildGateway(app, deployment), prepare)];
  if ('origin' in deployment.entrance) {
    passes.push(pass(variant, 'us-east-1', (app) => buildGlobalApp(app, deployment), prepare));
  }
  return {
    variant,
    deployment,
    templates: Object.assign({}, ...passes.map((each) => each.templates)) as Templates,
    messages: passes.flatMap((each) => each.messages),
    lookups: passes.flatMap((each) => each.lookups),
  };
}

/** One pass of a deployment: in its region, or for CloudFront in us-east-1. */
function pass(variant: Variant, region: string, build: (app: App) => void, prepare: (app: App) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    const app = appIn(folder, variant.stage, region);
    build(app);
    prepare(app);
    const assembly = app.synth();
    const messages = assembly.stacks.flatMap((stack) =>
      stack.messages.map(({ id, entry }) => `${id}: ${String(entry.data)}`),
    );
    const lookups = (assembly.manifest.missing ?? []).map(({ key, provider, props }) => {
      return { key, provider, standIn: at(props, 'dummyValue') };
    });
    return { templates: templatesOf(assembly), messages, lookups };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** SST's App without `sst.config.ts` and `.env` files: what a proof finds must not hang on a laptop's settings. */
function appIn(folder: string, stage: string, region: string): App {
  process.env['NODE_ENV'] = 'test';
  process.env['JSII_DEPRECATED'] = 'quiet';
  const out = sstFolder();
  setProject({
    config: { name, stage, region, ssmPrefix: `/sst/${name}/${stage}/` },
    version: '2',
    cdkVersion: '2',
    constructsVersion: '10',
    paths: { root: folder, config: join(folder, 'sst.config.ts'), out, artifacts: join(out, 'artifacts') },
    metafile: { inputs: {}, outputs: {} },
    stacks: () => {},
  });
  return new App(
    { name, stage, region, account, mode: 'deploy' },
    {
      outdir: join(folder, 'out'),
      analyticsReporting: false,
      context: {
        'aws:cdk:bundling-stacks': [],
        'aws:cdk:disable-asset-staging': true,
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': true,
      },
    },
  );
}

let sstOut: string | undefined;

/** Where SST writes its types and its log, which it does until the process ends: one folder per process. */
function sstFolder(): string {
  if (sstOut === undefined) {
    // Not among temporary files: SST opens its log there when it comes to it, and a test may have taken those away.
    mkdirSync(inRepository('.cache'), { recursive: true });
    const made = mkdtempSync(inRepository('.cache', 'synth-sst-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    sstOut = made;
  }
  return sstOut;
}

function templatesOf(assembly: CloudAssembly): Templates {
  const prefix = /^.*?-genai-gateway-/;
  const templates: Record<string, Template> = {};
  const read = (id: string, file: string) => {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    templates[id] = template;
    for (const [logicalId, resource] of Object.entries(template.Resources)) {
      const path = text(resource.Metadata, 'aws:asset:path');
      if (resource.Type === 'AWS::CloudFormation::Stack' && path !== undefined) {
        read(`${id}/${logicalId}`, join(assembly.directory, path));
      }
    }
  };
  for (const stack of assembly.stacks) read(stack.stackName.replace(prefix, ''), stack.templateFullPath);
  return templates;
}
