import { spawnSync } from 'node:child_process';
import { type Finding, fail, ok, type Patient, warn } from './finding.ts';
import { readImagePins } from './patient.ts';

export async function checkConfiguration({ deployment, problems }: Patient): Promise<readonly Finding[]> {
  if (deployment === undefined) {
    return problems.map((each) =>
      fail('configuration', each, 'see docs/deployment-variables.md, or npm run configure'),
    );
  }
  const { entrance, platform, network } = deployment;
  const outbound = network.outbound === 'none' ? 'no way out' : 'NAT';
  return [ok('configuration', `${entrance.kind}, ${platform.kind}, ${network.vpc.kind} VPC, ${outbound}`)];
}

/** What the images stand on; a stage that is no production may go without digests. */
export async function checkImages({ deployment }: Patient): Promise<readonly Finding[]> {
  if (deployment?.gateway.image !== undefined && deployment.litellm.image !== undefined) {
    return [ok('images', 'both are given ready made')];
  }
  const pins = readImagePins();
  if (pins === undefined)
    return [fail('images', 'containers/images.json cannot be read', 'take it from the repository')];
  const unpinned = Object.entries(pins).filter(([, { digest }]) => (digest ?? null) === null);
  if (unpinned.length === 0) return [ok('images', 'all base images are pinned to digests')];
  const names = unpinned.map(([name]) => name).join(', ');
  const says = `not pinned to a digest: ${names}`;
  const mend = 'npm run pin-images, and look at the difference';
  return [deployment?.isProduction === true ? fail('images', says, mend) : warn('images', says, mend)];
}

/** Images that are not given ready made are built here. */
export async function checkDocker({ deployment }: Patient): Promise<readonly Finding[]> {
  if (deployment?.gateway.image !== undefined && deployment.litellm.image !== undefined) {
    return [ok('Docker', 'not needed: both images are given ready made')];
  }
  const { status, stdout, error } = spawnSync(
    'docker',
    ['version', '--format', '{{.Server.Version}} {{.Server.Arch}}'],
    {
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  if (status === 0) return [ok('Docker', `server ${stdout.trim()}`)];
  const says = error === undefined ? 'no server answers' : 'there is no docker on PATH';
  return [
    fail(
      'Docker',
      says,
      'install and start Docker (or a program that is called so), or give GATEWAY_IMAGE and LITELLM_IMAGE',
    ),
  ];
}
