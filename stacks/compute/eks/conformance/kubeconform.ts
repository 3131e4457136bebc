import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { inRepository } from '../../../repository.ts';
import { type GoModule, goModules, moduleFolder, runGo } from './go-sources.ts';
import { type OpenApi, type ResourceDefinition, type Schema, schemasOfKinds, schemasOfResource } from './schemas.ts';

/** Every kind of Kubernetes' own that is applied; kubeconform refuses what has no schema. */
const kinds = [
  ['', 'v1', 'Namespace'],
  ['', 'v1', 'Service'],
  ['', 'v1', 'ServiceAccount'],
  ['apps', 'v1', 'Deployment'],
  ['autoscaling', 'v2', 'HorizontalPodAutoscaler'],
  ['batch', 'v1', 'Job'],
  ['networking.k8s.io', 'v1', 'NetworkPolicy'],
  ['policy', 'v1', 'PodDisruptionBudget'],
  ['rbac.authorization.k8s.io', 'v1', 'Role'],
  ['rbac.authorization.k8s.io', 'v1', 'RoleBinding'],
] as const;

const definitions = [
  [goModules.loadBalancerController, 'config/crd/bases/elbv2.k8s.aws_targetgroupbindings.yaml'],
  [goModules.secretsStore, 'config/crd/bases/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml'],
] as const;

/** What kubeconform says of an object; `message` is empty where it is valid. */
export interface Finding {
  readonly kind: string;
  readonly name: string;
  readonly status: 'statusValid' | 'statusInvalid' | 'statusError' | 'statusSkipped' | 'statusEmpty';
  readonly msg?: string;
}

/** Checks objects in kubeconform's strict mode; a finding for each. Needs Go the first time. */
export function conform(objects: readonly unknown[]): readonly Finding[] {
  const schemas = schemaFolder();
  const run = spawnSync(
    binary(),
    [
      '-strict',
      '-verbose',
      '-output=json',
      `-schema-location=${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`,
      '-kubernetes-version=1.34.4',
      '-n=2',
      '-',
    ],
    {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (run.stdout === '') throw new Error(`kubeconform said nothing: ${run.stderr}${run.error ?? ''}`);
  return (JSON.parse(run.stdout) as { resources?: Finding[] }).resources ?? [];
}

function binary(): string {
  const { path, version } = goModules.kubeconform;
  const folder = made(`kubeconform-${version}-${process.platform}-${process.arch}`, (begun) => {
    moduleFolder(goModules.kubeconform);
    runGo(['install', `${path}/cmd/kubeconform@${version}`], { GOBIN: begun });
  });
  return join(folder, 'kubeconform');
}

/** Schemas that another program made, or of other kinds, are other ones. */
function schemaFolder(): string {
  const hash = createHash('sha256').update(JSON.stringify([goModules, kinds, definitions]));
  for (const file of ['schemas.ts', 'kubeconform.ts']) hash.update(readFileSync(join(import.meta.dirname, file)));
  return made(`kubernetes-schemas-${hash.digest('hex').slice(0, 12)}`, (begun) => {
    const api = JSON.parse(read(goModules.kubernetes, 'api/openapi-spec/swagger.json')) as OpenApi;
    write(
      begun,
      schemasOfKinds(
        api,
        kinds.map(([group, version, kind]) => ({ group, version, kind })),
      ),
    );
    for (const [module, file] of definitions) {
      write(begun, schemasOfResource(api, parse(read(module, file)) as ResourceDefinition));
    }
  });
}

function read(module: GoModule, file: string): string {
  return readFileSync(join(moduleFolder(module), file), 'utf8');
}

function write(folder: string, schemas: ReadonlyMap<string, Schema>): void {
  for (const [name, schema] of schemas) writeFileSync(join(folder, name), JSON.stringify(schema));
}

/** A folder in the cache that is there as a whole or not at all, whoever else makes it. */
function made(name: string, make: (folder: string) => void): string {
  const folder = inRepository('.cache', name);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const begun = mkdtempSync(`${folder}.`);
  make(begun);
  try {
    renameSync(begun, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(begun, { recursive: true });
  }
  return folder;
}
