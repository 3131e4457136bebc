import { preparePrompts } from './bedrock-agent/prompt-answers.ts';
import { callOfPrompt } from './bedrock-agent/prompt-call.ts';
import { isPromptArn } from './bedrock-agent/prompt-identifier.ts';
import { isPromptOperation, type PromptRoute, promptRouteOf } from './bedrock-agent/prompt-routes.ts';
import type { PromptService } from './bedrock-agent/prompt-service.ts';
import { prepareControl } from './bedrock-control/control-answers.ts';
import { type ControlRoute, controlOperations, controlRouteOf } from './bedrock-control/control-routes.ts';
import { type BedrockResources, routerOf, targetOf } from './bedrock-control/resources.ts';
import { resolveModel, type SimulatedModel } from './models.ts';
import { type Answerable, prepareConverse, prepareCountTokens, prepareGuardrail, prepareInvoke } from './operations.ts';
import { type Route, routeOf } from './wire/routes.ts';

/** A request of the runtime, the control plane or the API of prompts. */
export type BedrockRoute = Route | ControlRoute | PromptRoute;

/** What is there to be called. */
export interface Hosted {
  readonly extraModelIds: readonly string[];
  readonly resources: BedrockResources;
  readonly promptService: PromptService;
}

/** The operation a request line asks of any of the three APIs, which share no path. */
export function bedrockRouteOf(method: string, target: string): BedrockRoute | undefined {
  return routeOf(method, target) ?? controlRouteOf(method, target) ?? promptRouteOf(method, target);
}

/** Checks a request. `region` is the one that it is signed for, undefined without a signature. Throws `BedrockError`. */
export function prepare(route: BedrockRoute, body: Buffer, hosted: Hosted, region: string | undefined): Answerable {
  if (isPrompts(route)) return preparePrompts(route, body, hosted.promptService, region);
  if (isControlPlane(route)) return prepareControl(route, hosted.resources);
  switch (route.operation) {
    case 'apply-guardrail':
      return prepareGuardrail(body, route.modelId, route.version);
    case 'converse':
    case 'converse-stream':
      return prepareConversation(route, body, hosted, region);
    case 'invoke':
    case 'invoke-with-response-stream': {
      const model = modelFor(route.modelId, hosted, body.length);
      return prepareInvoke(body, model, route.operation === 'invoke-with-response-stream');
    }
    case 'count-tokens':
      return prepareCountTokens(body, modelFor(route.modelId, hosted, body.length));
  }
}

function prepareConversation(route: Route, bytes: Buffer, hosted: Hosted, region: string | undefined): Answerable {
  const streamed = route.operation === 'converse-stream';
  if (isPromptArn(route.modelId)) {
    return prepareConverse(bytes, streamed, (given) => {
      const { modelId, body } = callOfPrompt(given, route.modelId, hosted.promptService.account, region);
      return { model: modelFor(modelId, hosted, bytes.length), body };
    });
  }
  const model = modelFor(route.modelId, hosted, bytes.length);
  return prepareConverse(bytes, streamed, (body) => ({ model, body }));
}

/** The model that a call of an id goes to, by way of a router and a profile where it names them. */
function modelFor(id: string, hosted: Hosted, bodyBytes: number): SimulatedModel {
  const target = targetOf(hosted.resources, id, bodyBytes);
  if (target === undefined) return resolveModel(id, hosted.extraModelIds);
  const model = modelFor(target, hosted, bodyBytes);
  return routerOf(hosted.resources, id) === undefined ? { ...model, id } : { ...model, id, invokedModelId: target };
}

function isControlPlane(route: BedrockRoute): route is ControlRoute {
  return controlOperations.some((each) => each === route.operation);
}

function isPrompts(route: BedrockRoute): route is PromptRoute {
  return isPromptOperation(route.operation);
}
