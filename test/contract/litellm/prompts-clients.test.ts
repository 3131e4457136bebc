import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/litellm.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { requestsWith, uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { type MadePrompt, makePrompt, textVariant } from './support/managed-prompts.ts';
import { predecessorsTalkers, promptVariables, talkers, told } from './support/talking.ts';

/*
 * What users of the gateway's predecessor do with managed prompts: the ARN of a prompt is the model, `promptVariables`
 * fill it in. The simulated models say what was said to them last, which is the prompt as it was filled in.
 */

afterAll(stopPython);

const skip = world.litellm === undefined;
const clients = [...predecessorsTalkers, ...talkers];

/** A prompt whose default variant is made for a model of Bedrock, and one for a model that LiteLLM serves. */
const prompts = {
  bedrock: undefined as MadePrompt | undefined,
  other: undefined as MadePrompt | undefined,
};
const text = '{{greeting}} to {{name}}, {{name}}!';
const variables = ['greeting', 'name'];

beforeAll(async () => {
  if (skip) return;
  prompts.bedrock = await makePrompt([textVariant('default', { text, variables, modelId: 'amazon.nova-lite-v1:0' })]);
  prompts.other = await makePrompt([
    textVariant('default', { text, variables, metadata: { 'gateway:model': 'gpt-4o-mini' } }),
  ]);
});

const made = (which: keyof typeof prompts): MadePrompt => {
  const prompt = prompts[which];
  if (prompt === undefined) throw new Error('The prompts were not made.');
  return prompt;
};
const planes = [
  { which: 'bedrock', kind: 'made for a model of Bedrock', simulator: () => world.simulator },
  { which: 'other', kind: 'made for a model of another provider', simulator: () => litellmWorld().openai },
] as const;

describe.skipIf(skip).each(planes)('a prompt $kind', ({ which, simulator }) => {
  const forms = [
    ['its ARN, the draft', () => made(which).arn],
    ['its ARN with a version', () => `${made(which).arn}:1`],
    ['its name', () => `prompt:${made(which).name}`],
    ['its name with a version', () => `prompt:${made(which).name}:1`],
  ] as const;

  describe.each(clients)('$name', ({ say }) => {
    it.each(forms)('calls it by %s', async (_form, model) => {
      const name = uniqueWord();
      const heard = await say({ model: model(), variables: { greeting: 'Hello', name } });
      expect(heard).toMatchObject({ text: `Hello to ${name}, ${name}!`, failure: undefined });
      expect(await requestsWith(name, simulator())).toHaveLength(1);
    });

    it('fills it in literally: what is filled in is not read again', async () => {
      const name = `${uniqueWord()} {{greeting}} $& \\1 "}`;
      const { text: answer } = await say({ model: made(which).arn, variables: { greeting: 'Hi', name } });
      expect(answer).toBe(`Hi to ${name}, ${name}!`);
    });

    it('has its own messages come behind it', async () => {
      const [name, question] = [uniqueWord(), uniqueWord()];
      const { failure, text: answer } = await say({
        model: made(which).arn,
        variables: { greeting: 'Hello', name },
        text: question,
      });
      expect(failure).toBeUndefined();
      const filledIn = `Hello to ${name}, ${name}!`;
      // Bedrock takes no two messages of a user in a row, so there they are one.
      if (which === 'bedrock') expect(answer).toMatch(new RegExp(`^${filledIn}\\s*${question}$`));
      else expect(await told(question, simulator())).toEqual([`user: ${filledIn}`, `user: ${question}`]);
    });

    it.each([
      ['one is missing', { greeting: 'Hello' }, ['name']],
      ['both are missing', {}, ['greeting', 'name']],
      ['none were sent', undefined, ['greeting', 'name']],
      ['one is too many', { greeting: 'Hello', name: 'Ada', tone: 'warm' }, ['tone']],
      ['one is called otherwise', { greeting: 'Hello', Name: 'Ada' }, ['name', 'Name']],
    ])('is told which variables are wrong when %s', async (_what, given, named) => {
      const { failure } = await say({ model: made(which).arn, ...(given === undefined ? {} : { variables: given }) });
      expect(failure).toMatchObject({
        status: 400,
        name: expect.stringMatching(/^(?:ValidationException|BadRequestError)$/),
      });
      for (const name of named) expect(failure?.message).toContain(name);
    });

    it('keeps the conversation that begins with it', async () => {
      const [name, second, third] = [uniqueWord(), uniqueWord(), uniqueWord()];
      const first = `Hello to ${name}, ${name}!`;
      const filledIn = { greeting: 'Hello', name };
      const begun = await say({ model: made(which).arn, variables: filledIn, enableHistory: true });
      expect(begun).toMatchObject({ text: first, failure: undefined });
      const sessionId = String(begun.sessionId);
      await say({ model: 'nova-lite', text: second, sessionId });
      expect(await told(second, world.simulator)).toEqual([`user: ${first}`, `assistant: ${first}`, `user: ${second}`]);
      // In front of a caller's own messages a prompt is no part of what was said, and is not kept.
      const asked = await say({ model: made(which).arn, variables: filledIn, text: third, sessionId });
      expect(asked.failure).toBeUndefined();
      const { json } = await ask('/chat-history', { body: { session_id: sessionId } });
      expect((at(json, 'messages') as unknown[]).filter((each) => at(each, 'role') === 'user')).toEqual([
        { role: 'user', content: first },
        { role: 'user', content: second },
        { role: 'user', content: third },
      ]);
    });
  });

  it.each([
    ['raw', (arn: string) => arn],
    ['with the slash encoded', (arn: string) => arn.replace('/', '%2F')],
    ['encoded', (arn: string) => encodeURIComponent(arn)],
  ])('has its ARN in the path of Converse %s', async (_how, written) => {
    for (const prefix of ['/bedrock/model/', '/model/', '/bedrock//model/']) {
      for (const operation of ['converse', 'converse-stream']) {
        const name = uniqueWord();
        const reply = await ask(`${prefix}${written(`${made(which).arn}:1`)}/${operation}`, {
          body: { promptVariables: promptVariables({ greeting: 'Hello', name }) },
        });
        expect([reply.status, reply.headers.has('x-session-id')]).toEqual([200, true]);
        expect(await requestsWith(name, simulator())).toHaveLength(1);
      }
    }
  });

  it('is not there under another name, and says so without the number of the account', async () => {
    for (const model of [
      'prompt:nobody',
      `${made(which).arn}:77`,
      made(which).arn.replace(made(which).id, 'AAAAAAAAAA'),
    ]) {
      for (const [path, body] of [
        ['/v1/chat/completions', { model, messages: [] }],
        [`/bedrock/model/${encodeURIComponent(model)}/converse`, {}],
      ] as const) {
        const { status, text: answer } = await ask(path, { body });
        expect([model, path, status]).toEqual([model, path, 404]);
        expect(answer).not.toContain('123456789012');
      }
    }
  });
});

describe.skipIf(skip)('a model that is no prompt', () => {
  it.each(['nova-lite', 'gpt-4o-mini'])('takes no variables: %s', async (model) => {
    const { status, text: answer } = await ask('/v1/chat/completions', {
      body: { model, messages: [{ role: 'user', content: 'Hello.' }], promptVariables: promptVariables({ name: 'x' }) },
    });
    expect([status, answer]).toEqual([400, expect.stringContaining('promptVariables')]);
  });
});
