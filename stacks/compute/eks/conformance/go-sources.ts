import { spawnSync } from 'node:child_process';

/** A version of a Go module, and the checksum of what is in it. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  /** As Go's checksum database has it; Go asks that too. */
  readonly sum: string;
}

/**
 * Where the checker and its schemas come from. The one of the load balancer's controller is a commit of 2022: its later
 * versions are in no form that Go takes, and the fields of a binding that are used here are older.
 */
export const goModules = {
  kubeconform: {
    path: 'github.com/yannh/kubeconform',
    version: 'v0.8.0',
    sum: 'h1:loDYd3a3spjIFrauqW67CDKF55Oo9R6uvC8AvpVd4ug=',
  },
  kubernetes: {
    path: 'k8s.io/kubernetes',
    version: 'v1.34.4',
    sum: 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=',
  },
  loadBalancerController: {
    path: 'sigs.k8s.io/aws-load-balancer-controller',
    version: 'v0.0.0-20221203001353-edeb4f1c1312',
    sum: 'h1:iqmp1UXslxq7MuJDW/7arHBniplzp2MbItx0PXP7r/8=',
  },
  secretsStore: {
    path: 'sigs.k8s.io/secrets-store-csi-driver',
    version: 'v1.4.8',
    sum: 'h1:YmL0lx9HMYqeZCnLyOZRMuGAZXmP/e42UGCCAnMKjgE=',
  },
} as const satisfies Record<string, GoModule>;

/** Whether Go is there. */
export function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

/** Fetches a module, or takes the one that is there; gives its folder. Throws if it is not the one of the checksum. */
export function moduleFolder({ path, version, sum }: GoModule): string {
  const answer = runGo(['mod', 'download', '-json', `${path}@${version}`]);
  const { Dir: folder, Sum: found } = JSON.parse(answer) as { Dir?: string; Sum?: string };
  if (folder === undefined || found !== sum) {
    throw new Error(`${path}@${version} is not what it was: its checksum is ${found}, and ${sum} was expected.`);
  }
  return folder;
}

/** Runs Go outside of any module, with its checksum database on; gives what it printed. */
export function runGo(args: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  const run = spawnSync('go', args, {
    cwd: '/',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, GOFLAGS: '-mod=mod', GOSUMDB: 'sum.golang.org', ...environment },
  });
  if (run.status !== 0) throw new Error(`go ${args.join(' ')} failed: ${run.stdout}${run.stderr}${run.error ?? ''}`);
  return run.stdout;
}
