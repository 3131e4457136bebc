/** The operations of Bedrock's control plane that are simulated, by the names of its API. */
export const controlOperations = [
  'get-inference-profile',
  'list-inference-profiles',
  'get-prompt-router',
  'get-provisioned-model-throughput',
  'get-custom-model-deployment',
] as const;

type ControlOperation = (typeof controlOperations)[number];

export interface ControlRoute {
  readonly operation: ControlOperation;
  /** The identifier in the path, decoded; empty for a list. */
  readonly modelId: string;
  readonly query: URLSearchParams;
}

/** Source: botocore 1.43.126, bedrock/2023-04-20 (read 2026-11-23). */
const collections: Readonly<Record<string, ControlOperation>> = {
  '/inference-profiles': 'get-inference-profile',
  '/prompt-routers': 'get-prompt-router',
  '/provisioned-model-throughput': 'get-provisioned-model-throughput',
  '/model-customization/custom-model-deployments': 'get-custom-model-deployment',
};

/** The operation a request line asks of the control plane, or undefined for one that is not here. */
export function controlRouteOf(method: string, target: string): ControlRoute | undefined {
  if (method !== 'GET' || !URL.canParse(target, 'http://bedrock')) return undefined;
  const { pathname, searchParams: query } = new URL(target, 'http://bedrock');
  if (pathname === '/inference-profiles') return { operation: 'list-inference-profiles', modelId: '', query };
  const [, collection = '', label = ''] = /^(.+?)\/((?:arn|[^/]+$).*)$/.exec(pathname) ?? [];
  const operation = collections[collection];
  if (operation === undefined) return undefined;
  try {
    return { operation, modelId: decodeURIComponent(label), query };
  } catch {
    return undefined;
  }
}
