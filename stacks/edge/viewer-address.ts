import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Function as CloudFrontFunction, FunctionCode, FunctionRuntime } from 'aws-cdk-lib/aws-cloudfront';
import { uniqueName } from '../names.ts';

/** By which CloudFront tells the load balancer's web ACL who called; what a caller sends under this name is replaced. */
export const viewerAddressHeader = 'x-viewer-address';

const code = `function handler(event) {
  event.request.headers['${viewerAddressHeader}'] = { value: event.viewer.ip };
  return event.request;
}`;

/** Runs on every request that CloudFront takes. */
export function viewerAddress(stack: Stack, deployment: Deployment): CloudFrontFunction {
  return new CloudFrontFunction(stack, 'ViewerAddress', {
    // CDK's own name does not tell stages apart, and functions are of the whole account.
    functionName: uniqueName('genai-gateway', deployment),
    code: FunctionCode.fromInline(code),
    runtime: FunctionRuntime.JS_2_0,
    comment: 'Says who called',
  });
}
