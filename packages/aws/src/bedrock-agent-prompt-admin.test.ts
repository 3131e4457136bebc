import type { GatewayError } from '@genai-gateway/core';
import type { PromptAdmin } from '@genai-gateway/prompts';
import { promptContent } from '@genai-gateway/prompts/testing/managed-prompts';
import { promptAdminSuite } from '@genai-gateway/prompts/testing/prompt-admin-suite';
import { type BedrockSimulator, type ExceptionName, startBedrockSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BedrockAgentPromptAdmin } from './bedrock-agent-prompt-admin.ts';
import { CredentialSource } from './credentials.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };

function adminOf({ url }: { readonly url: string }): BedrockAgentPromptAdmin {
  const source = new CredentialSource(async () => credentials, Date.now);
  return new BedrockAgentPromptAdmin({ credentials: source, ownRegion: 'us-east-1', endpoint: url });
}

promptAdminSuite('prompts of Bedrock, for those who write them', async () => {
  const simulator = await startBedrockSimulator({ credentials: [credentials] });
  const admin = adminOf(simulator);
  return {
    admin,
    close: async () => {
      admin.close();
      await simulator.close();
    },
  };
});

const patient = new AbortController().signal;
const refusalOf = (call: Promise<unknown>): Promise<GatewayError> =>
  call.then(
    () => Promise.reject(new Error('answered')),
    (error: GatewayError) => error,
  );

describe('when Bedrock refuses', () => {
  let simulator: BedrockSimulator;
  let admin: BedrockAgentPromptAdmin;
  beforeAll(async () => {
    simulator = await startBedrockSimulator({ credentials: [credentials] });
    admin = adminOf(simulator);
    simulator.prompts.save({ id: 'ABCDEFGHIJ', name: 'greeting', variants: [] });
  });
  afterAll(async () => {
    admin.close();
    await simulator.close();
  });
  beforeEach(() => {
    simulator.clearRequests();
    simulator.clearScripts();
  });

  const content = promptContent('greeting');
  const calls: readonly (readonly [keyof typeof operations, (on: PromptAdmin) => Promise<unknown>])[] = [
    ['CreatePrompt', (on) => on.create(promptContent('new'), { tags: {}, token: undefined }, patient)],
    ['GetPrompt', (on) => on.get('ABCDEFGHIJ', 'DRAFT', patient)],
    ['ListPrompts', (on) => on.list(patient)],
    ['UpdatePrompt', (on) => on.update('ABCDEFGHIJ', content, patient)],
    ['CreatePromptVersion', (on) => on.publish('ABCDEFGHIJ', { description: undefined, token: undefined }, patient)],
    ['DeletePrompt', (on) => on.delete('ABCDEFGHIJ', undefined, patient)],
  ];
  const errors: readonly (readonly [ExceptionName, string, number | undefined])[] = [
    ['ResourceNotFoundException', 'prompt-not-found', undefined],
    ['ValidationException', 'invalid-request', undefined],
    ['ConflictException', 'prompt-conflict', undefined],
    ['ServiceQuotaExceededException', 'upstream-quota-exceeded', undefined],
    ['ThrottlingException', 'upstream-throttled', 1],
    ['AccessDeniedException', 'upstream-access-denied', undefined],
    ['UnrecognizedClientException', 'upstream-access-denied', undefined],
    ['InternalServerException', 'prompts-unavailable', 2],
    ['ServiceUnavailableException', 'prompts-unavailable', 2],
  ];
  const operations = {
    CreatePrompt: 'create-prompt',
    GetPrompt: 'get-prompt',
    ListPrompts: 'list-prompts',
    UpdatePrompt: 'update-prompt',
    CreatePromptVersion: 'create-prompt-version',
    DeletePrompt: 'delete-prompt',
  } as const;

  test.each(errors)('%s is %s, of each operation', async (name, code, retryAfterSeconds) => {
    const refusals = calls.map(async ([operation, call]) => {
      const message = `what ${operation} says`;
      const fault = { kind: 'exception', name, message, retryAfterSeconds: 1 } as const;
      simulator.script({ match: { operation: operations[operation] }, times: 2, reply: { fault } });
      const error = await refusalOf(call(admin));
      expect(error, operation).toMatchObject({ code, retryAfterSeconds });
      const isAboutTheCall = ['invalid-request', 'prompt-conflict', 'upstream-quota-exceeded'].includes(code);
      expect(error.message.includes(message), operation).toBe(isAboutTheCall);
      if (code === 'upstream-access-denied') expect(error.message).toContain(`bedrock:${operation}`);
    });
    await Promise.all(refusals);
  });

  test.each(calls)('%s whose answer is lost is prompts-unavailable, or done', async (operation, call) => {
    simulator.script({ times: 2, reply: { fault: { kind: 'cut', afterBytes: 0 } } });
    // The first of two attempts has deleted it.
    const code = operation === 'DeletePrompt' ? 'prompt-not-found' : 'prompts-unavailable';
    expect(await refusalOf(call(admin))).toMatchObject({ code });
  });

  test('what it does not take is said in its own words', async () => {
    const error = await refusalOf(admin.create(promptContent('two words'), { tags: {}, token: undefined }, patient));
    expect(error).toMatchObject({ code: 'invalid-request', message: expect.stringContaining("at 'name'") });
  });
});
