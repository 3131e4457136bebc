import { type BedrockSimulator, defaultPrompts, startBedrockSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPython, stopPython } from './support/python.ts';
import { at, type Reply } from './support/reply.ts';
import { world } from './support/world.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret' };
const variant = {
  name: 'only',
  templateType: 'TEXT',
  templateConfiguration: { text: { text: 'Hello {{name}}', inputVariables: [{ name: 'name' }] } },
  modelId: 'amazon.nova-lite-v1:0',
  metadata: [{ key: 'gateway:weight', value: '3' }],
  additionalModelRequestFields: { inferenceConfig: { topK: 5 } },
};

let simulator: BedrockSimulator;
beforeAll(async () => {
  simulator = await startBedrockSimulator({ credentials: [credentials], prompts: defaultPrompts });
});
afterAll(async () => {
  stopPython();
  await simulator.close();
});

/** A call of the simulator by boto3, without the gateway. */
function call(method: string, input: object, service = 'bedrock-agent'): Promise<Reply> {
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = credentials;
  return askPython({ api: 'aws', service, endpoint: simulator.url, accessKey, secretKey, method, input });
}

async function answered(method: string, input: object, service?: string): Promise<unknown> {
  const { output, failure } = await call(method, input, service);
  expect(failure).toBeUndefined();
  return output;
}

describe.skipIf(world.python === undefined)('boto3 and the simulated API of managed prompts', () => {
  it('agree on every operation, signatures among them', async () => {
    const made = await answered('create_prompt', { name: 'by-boto3', variants: [variant], tags: { a: 'b c', d: 'e' } });
    const [promptIdentifier, resourceArn] = [at(made, 'id'), at(made, 'arn')];
    expect(made).toMatchObject({ name: 'by-boto3', version: 'DRAFT', variants: [variant] });
    const published = await answered('create_prompt_version', { promptIdentifier: resourceArn, description: 'first' });
    expect(published).toMatchObject({ version: '1', arn: `${String(resourceArn)}:1`, description: 'first' });
    const changed = { name: 'renamed', promptIdentifier, variants: [{ ...variant, name: 'other' }] };
    expect(await answered('update_prompt', changed)).toMatchObject({ name: 'renamed', version: 'DRAFT' });
    expect(await answered('get_prompt', { promptIdentifier })).toMatchObject({ variants: [{ name: 'other' }] });
    expect(await answered('get_prompt', { promptIdentifier, promptVersion: '1' })).toMatchObject({
      name: 'by-boto3',
      variants: [variant],
    });
    const names = (list: unknown) =>
      (at(list, 'promptSummaries') as readonly unknown[]).map((each) => at(each, 'name'));
    const all = await answered('list_prompts', { maxResults: 3 });
    expect(names(all)).toEqual(['summarize', 'support', 'greeting']);
    expect(names(await answered('list_prompts', { nextToken: at(all, 'nextToken') }))).toEqual(['renamed']);
    expect(names(await answered('list_prompts', { promptIdentifier }))).toEqual(['renamed', 'by-boto3']);

    await answered('tag_resource', { resourceArn, tags: { a: 'f' } });
    await answered('untag_resource', { resourceArn, tagKeys: ['d', 'none'] });
    expect(await answered('list_tags_for_resource', { resourceArn })).toEqual({ tags: { a: 'f' } });

    const said = { modelId: `${String(resourceArn)}:1`, promptVariables: { name: { text: 'Ada' } } };
    expect(await answered('converse', said, 'bedrock-runtime')).toMatchObject({
      output: { message: { content: [{ text: 'Hello Ada' }] } },
    });
    expect(await answered('delete_prompt', { promptIdentifier, promptVersion: '1' })).toEqual({
      id: promptIdentifier,
      version: '1',
    });
    expect(await answered('delete_prompt', { promptIdentifier })).toEqual({ id: promptIdentifier });
  });

  it.each([
    ['create_prompt', { name: 'summarize' }, 'ConflictException', 409],
    ['create_prompt', { name: 'a b' }, 'ValidationException', 400],
    ['get_prompt', { promptIdentifier: 'NOBODY0000' }, 'ResourceNotFoundException', 404],
  ])('%s raises what the service says', async (method, input, name, status) => {
    expect((await call(method, input)).failure).toMatchObject({ name, status });
  });
});
