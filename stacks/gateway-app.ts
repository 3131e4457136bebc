import type { Deployment } from '@genai-gateway/config';
import type { App } from 'sst/constructs';
import { buildAccess } from './access/build-access.ts';
import { buildCompute } from './compute/build-compute.ts';
import { buildData } from './data/build-data.ts';
import { buildEdge } from './edge/build-edge.ts';
import { buildFoundation } from './foundation/build-foundation.ts';
import { buildFunctions } from './functions/build-functions.ts';
import { buildRotation } from './functions/build-rotation.ts';
import { buildFakeLlm } from './helpers/build-fake-llm.ts';
import { buildJumpHost } from './helpers/build-jump-host.ts';
import { inStack } from './in-stack.ts';
import { buildNetwork } from './network/build-network.ts';
import { buildOperations } from './operations/build-operations.ts';
import { buildOutputs } from './outputs.ts';

/**
 * The whole system in the order in which it is deployed: a stack for each lifetime, and each gets what the ones
 * before it made.
 */
export function buildGateway(app: App, deployment: Deployment): void {
  const foundation = inStack(app, 'foundation', (stack) => buildFoundation(stack, deployment));
  const network = inStack(app, 'network', (stack) => buildNetwork(stack, deployment, { foundation }));
  const data = inStack(app, 'data', (stack) => buildData(stack, deployment, { foundation, network }));
  const functions = inStack(app, 'functions', (stack) =>
    buildFunctions(stack, deployment, { foundation, network, data }),
  );
  const edge = inStack(app, 'edge', (stack) => buildEdge(stack, deployment, { foundation, network, functions }));
  const compute = inStack(app, 'compute', (stack) =>
    buildCompute(stack, deployment, { foundation, network, data, edge }),
  );
  const rotation = inStack(app, 'rotation', (stack) =>
    buildRotation(stack, deployment, { foundation, network, data, compute }),
  );
  const all = { ...functions, 'secret-rotation': rotation };
  inStack(app, 'access', (stack) => buildAccess(stack, deployment, { foundation, data, compute, functions: all }));
  inStack(app, 'operations', (stack) => {
    buildOperations(stack, deployment, { foundation, data, edge, compute, functions: all });
    buildOutputs(stack, { data, edge, compute, functions: all });
  });
  if (deployment.helpers.fakeLlm) {
    inStack(app, 'fake-llm', (stack) => buildFakeLlm(stack, deployment, { foundation, network }));
  }
  if (deployment.helpers.jumpHost) {
    inStack(app, 'jump-host', (stack) => buildJumpHost(stack, deployment, { foundation, network, edge }));
  }
}
