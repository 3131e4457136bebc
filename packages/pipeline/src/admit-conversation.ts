import type { Principal } from '@genai-gateway/identity';
import { type Admission, admit } from './admit.ts';
import type { Call, Named } from './call.ts';
import { contextTokensOf } from './context-tokens.ts';
import type { GatewayFields } from './gateway-fields.ts';
import { admittedBy, type PromptOfCall, promptOf } from './managed-prompt.ts';
import type { Services } from './services.ts';
import type { SessionOfCall } from './session-of-call.ts';

/** A call that goes on with a session, or by a managed prompt. */
export interface AskedConversation {
  /** The model or the prompt, as the caller named it. */
  readonly model: string;
  readonly session: SessionOfCall;
  readonly prompt: PromptOfCall | undefined;
  /** Tells the longest input of the model, in tokens; undefined: nobody knows. */
  readonly readsAtMost: () => number | undefined;
}

/** The same, and who serves it. */
export interface AdmittedConversation extends AskedConversation {
  readonly named: Named;
  readonly admission: Admission;
}

interface NamedConversation {
  readonly model: string;
  readonly fields: GatewayFields;
  readonly session: SessionOfCall;
  readonly named: Named | Promise<Named>;
}

/** Finds the managed prompt that a call names, and decides who serves its model. Rejects as `promptOf` and `admit`. */
export async function admitConversation(
  call: Call,
  services: Services,
  principal: Principal,
  asked: NamedConversation,
): Promise<AdmittedConversation> {
  const { model, fields, session } = asked;
  const named = asked.named instanceof Promise ? await asked.named : asked.named;
  const found = promptOf(call, services, principal, { requested: model, fields, session, named });
  const prompt = found instanceof Promise ? await found : found;
  const requested = prompt?.model ?? model;
  const admitted = await admit(call, services, principal, requested, named.settings);
  const admission = prompt === undefined ? admitted : admittedBy(call, principal, prompt, admitted);
  const { modelIds } = admission;
  const readsAtMost = (): number | undefined => contextTokensOf(services, principal, { requested, modelIds });
  return { model, session, prompt, readsAtMost, named, admission };
}
