import type { Compute } from '../compute/compute.ts';
import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { AllFunctions } from '../functions/functions.ts';

/** What there is to observe. */
export interface OperationsParts {
  readonly foundation: Foundation;
  readonly data: Data;
  readonly edge: Edge;
  readonly compute: Compute;
  readonly functions: AllFunctions;
}
