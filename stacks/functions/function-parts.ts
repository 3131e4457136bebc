import type { Data } from '../data/data.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { Network } from '../network/network.ts';

/** What functions stand on. */
export interface FunctionParts {
  readonly foundation: Foundation;
  readonly network: Network;
  readonly data: Data;
}
