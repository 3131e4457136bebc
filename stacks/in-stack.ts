import type { Stack } from 'aws-cdk-lib';
import type { App } from 'sst/constructs';

/** A stack of SST's of this name, and what was built in it. */
export function inStack<Result>(app: App, id: string, build: (stack: Stack) => Result): Result {
  const built: Result[] = [];
  app.stack(
    ({ stack }) => {
      // SST gives each stack a function for custom resources of SST's own, of which there are none here.
      stack.node.tryRemoveChild('CustomResourceHandler');
      built.push(build(stack));
    },
    { id },
  );
  if (built.length === 0) throw new Error(`The stack ${id} was not built.`);
  return built[0] as Result;
}
