import type { GatewayError } from '@genai-gateway/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromptAdmin, PromptContent } from '../prompt-admin.ts';
import { promptContent, textVariant } from './managed-prompts.ts';

export interface PromptAdminUnderTest {
  readonly admin: PromptAdmin;
  close(): Promise<void>;
}

const patient = new AbortController().signal;
const once = { tags: {}, token: undefined };

/** Registers the tests that every `PromptAdmin` passes. `make` is called once, for an account without prompts. */
export function promptAdminSuite(name: string, make: () => Promise<PromptAdminUnderTest>): void {
  describe(name, () => {
    let made: PromptAdminUnderTest | undefined;
    beforeAll(async () => {
      made = await make();
    }, 60_000);
    afterAll(async () => made?.close());

    const admin = (): PromptAdmin => {
      if (made === undefined) throw new Error('the store was not made');
      return made.admin;
    };
    const create = (content: PromptContent, options = {}) => admin().create(content, { ...once, ...options }, patient);
    const codeOf = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: GatewayError) => error.code,
      );

    it('keeps a prompt as it was written', async () => {
      const content = promptContent('whole', {
        description: 'All that a prompt can hold',
        defaultVariant: 'chat',
        kmsKeyArn: `arn:aws:kms:us-east-1:123456789012:key/${'a'.repeat(36)}`,
        variants: [
          textVariant('text', 'Hello {{name}} 👋', {
            templateConfiguration: {
              text: { text: 'Hello {{name}} 👋', cachePoint: { type: 'default' }, inputVariables: [{ name: 'name' }] },
            },
            inferenceConfiguration: { text: { maxTokens: 5, temperature: 0, topP: 0.5, stopSequences: ['END'] } },
            metadata: [{ key: 'gateway:weight', value: '0.5' }],
            additionalModelRequestFields: { top_k: 200, nested: [true, 'x'] },
          }),
          {
            name: 'chat',
            templateType: 'CHAT',
            templateConfiguration: {
              chat: {
                system: [{ text: 'Be short.' }, { cachePoint: { type: 'default' } }],
                messages: [
                  { role: 'user', content: [{ text: 'Hi' }] },
                  { role: 'assistant', content: [{ text: 'Hello' }] },
                ],
                inputVariables: [],
                toolConfiguration: {
                  tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: ['object', 'null'] } } } }],
                  toolChoice: { tool: { name: 'look' } },
                },
              },
            },
          },
        ],
      });
      const prompt = await create(content, { tags: { team: 'a' } });
      expect(prompt).toMatchObject({ version: 'DRAFT', content });
      expect(prompt.arn.endsWith(`:prompt/${prompt.promptId}`)).toBe(true);
      expect(await admin().get(prompt.promptId, 'DRAFT', patient)).toEqual(prompt);
      expect(await admin().list(patient)).toContainEqual(
        expect.objectContaining({ promptId: prompt.promptId, arn: prompt.arn, name: 'whole', version: 'DRAFT' }),
      );
    });

    it('puts a draft in the place of another, and publishes it', async () => {
      const { promptId } = await create(promptContent('versions', { description: 'of the draft' }));
      const publish = (description?: string) => admin().publish(promptId, { description, token: undefined }, patient);
      expect(await publish('first')).toMatchObject({ version: '1', content: { description: 'first' } });
      const changed = promptContent('renamed', { variants: [textVariant('other', 'Good evening.')] });
      expect(await admin().update(promptId, changed, patient)).toMatchObject({ version: 'DRAFT', content: changed });
      expect((await publish()).version).toBe('2');
      expect(await admin().get(promptId, '1', patient)).toMatchObject({ content: { name: 'versions' } });
      expect(await admin().get(promptId, '2', patient)).toMatchObject({ version: '2', content: changed });
      const versions = await admin().versions(promptId, patient);
      expect(versions.map(({ version, name }) => [version, name])).toEqual([
        ['1', 'versions'],
        ['2', 'renamed'],
      ]);
      await admin().delete(promptId, '1', patient);
      expect(await codeOf(admin().get(promptId, '1', patient))).toBe('prompt-not-found');
      expect((await publish()).version).toBe('3');
    });

    it('deletes a prompt with its versions', async () => {
      const { promptId } = await create(promptContent('deleted'));
      await admin().publish(promptId, { description: undefined, token: undefined }, patient);
      await admin().delete(promptId, undefined, patient);
      const calls = [
        admin().get(promptId, 'DRAFT', patient),
        admin().get(promptId, '1', patient),
        admin().versions(promptId, patient),
        admin().update(promptId, promptContent('deleted'), patient),
        admin().publish(promptId, { description: undefined, token: undefined }, patient),
        admin().delete(promptId, undefined, patient),
      ];
      expect(await Promise.all(calls.map(codeOf))).toEqual(calls.map(() => 'prompt-not-found'));
      expect((await admin().list(patient)).map((each) => each.promptId)).not.toContain(promptId);
    });

    it('has a name once', async () => {
      await create(promptContent('taken'));
      expect(await codeOf(create(promptContent('taken')))).toBe('prompt-conflict');
      const { promptId } = await create(promptContent('free'));
      expect(await codeOf(admin().update(promptId, promptContent('taken'), patient))).toBe('prompt-conflict');
    });

    it('makes one prompt, and one version, of each token', async () => {
      const token = 'a'.repeat(64);
      const [one, two] = await Promise.all([1, 2].map(() => create(promptContent('once'), { token })));
      expect(two?.promptId).toBe(one?.promptId);
      const publish = () => admin().publish(one?.promptId ?? '', { description: undefined, token }, patient);
      expect([(await publish()).version, (await publish()).version]).toEqual(['1', '1']);
    });

    it('lists all that there are, however many', async () => {
      const names = Array.from({ length: 45 }, (_, at) => `many-${at}`);
      for (const each of names) await create(promptContent(each));
      const listed = new Set((await admin().list(patient)).map((each) => each.name));
      expect(names.filter((each) => !listed.has(each))).toEqual([]);
    });

    it('leaves off with the reason of who leaves', async () => {
      const left = AbortSignal.abort(new Error('left'));
      const calls = [
        admin().list(left),
        admin().get('ABCDEFGHIJ', 'DRAFT', left),
        admin().create(promptContent('left'), once, left),
      ];
      for (const call of calls) await expect(call).rejects.toThrow('left');
    });
  });
}
