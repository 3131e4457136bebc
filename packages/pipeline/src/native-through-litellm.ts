import { type AdminSetting, GatewayError } from '@genai-gateway/core';
import { describeReasons } from '@genai-gateway/routing';
import { notOnHotPath } from './admit.ts';
import type { Call } from './call.ts';
import type { NativeRequest } from './native.ts';
import type { Services } from './services.ts';

export async function serveNativeThroughLitellm(
  _call: Call,
  _services: Services,
  request: NativeRequest,
  admission: { readonly litellmModel: string; readonly reasons: readonly AdminSetting[] },
): Promise<void> {
  throw notOnHotPath(request.model, describeReasons(admission.reasons));
}
