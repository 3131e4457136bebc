import type { GatewayError } from '@genai-gateway/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Prompt } from '../prompt.ts';
import type { PromptSource } from '../prompt-source.ts';
import { chat, prompt, variant } from './prompts.ts';

export interface PromptSourceUnderTest {
  readonly source: PromptSource;
  /** A prompt with its versions 1, 2, …, in the place of the one with its ARN. */
  save(draft: Prompt, versions?: readonly Prompt[]): void;
  /** With all its versions. */
  remove(arn: string): void;
  close(): Promise<void>;
}

const OWN_REGION = 'us-east-1';
const ACCOUNT = '123456789012';

/** A draft of its own id and name, changed as said, and versions of it. */
function draft(promptId: string, change: Partial<Prompt> = {}, region = OWN_REGION): Prompt {
  const arn = `arn:aws:bedrock:${region}:${ACCOUNT}:prompt/${promptId}`;
  return prompt({ promptId, arn, name: `name-${promptId}`, version: 'DRAFT', ...change });
}
const versionOf = (of: Prompt, version: string, text: string): Prompt => ({
  ...of,
  version,
  variants: [variant('a', text)],
});

/**
 * Registers the tests that every `PromptSource` passes. `make` is called once, for the prompts of the account
 * 123456789012 and the region us-east-1.
 */
export function promptSourceSuite(name: string, make: (ownRegion: string) => Promise<PromptSourceUnderTest>): void {
  describe(name, () => {
    let made: PromptSourceUnderTest | undefined;
    const patient = new AbortController().signal;
    beforeAll(async () => {
      made = await make(OWN_REGION);
    }, 60_000);
    afterAll(async () => made?.close());

    const subject = (): PromptSourceUnderTest => {
      if (made === undefined) throw new Error('the source was not made');
      return made;
    };
    const get = ({ arn }: Prompt, version = 'DRAFT', signal = patient): Promise<Prompt> =>
      subject().source.get({ arn, region: arn.split(':')[3] ?? '', version }, signal);
    const codeOf = (call: Promise<unknown>) =>
      call.then(
        () => 'found',
        (error: GatewayError) => error.code,
      );

    it('gives a draft and each version as they are', async () => {
      const saved = draft('VERSIONS01', { variants: [variant('a', 'third')] });
      subject().save(saved, [versionOf(saved, '1', 'first'), versionOf(saved, '2', 'second')]);
      expect(await get(saved)).toEqual(saved);
      expect(await get(saved, '1')).toEqual(versionOf(saved, '1', 'first'));
      expect(await get(saved, '2')).toEqual(versionOf(saved, '2', 'second'));
    });

    it('gives everything that a prompt can hold', async () => {
      const toolConfig = {
        tools: [
          {
            toolSpec: {
              name: 'weather',
              description: 'The weather of a city',
              inputSchema: { json: { type: 'object', properties: { city: { type: ['string', 'null'] } } } },
            },
          },
          { cachePoint: { type: 'default' } },
        ],
        toolChoice: { tool: { name: 'weather' } },
      } as const;
      const talk = chat({
        system: [{ text: 'You are {{role}}.' }, { cachePoint: { type: 'default' } }],
        messages: [
          { role: 'user', content: [{ text: 'Hello from {{city}} 👋' }, { cachePoint: { type: 'default' } }] },
          { role: 'assistant', content: [{ text: 'Hello!' }] },
        ],
        toolConfig,
        variables: ['role', 'city'],
      });
      const variants = [
        variant('a', 'x', { template: talk, weight: 0.5, inferenceConfig: { maxTokens: 100, stopSequences: ['END'] } }),
        variant('b', 'x', {
          template: { kind: 'text', text: '{{city}}', cachePoint: true, variables: ['city'] },
          model: 'gpt-4o-mini',
          isRedirected: true,
          weight: 20,
          inferenceConfig: { temperature: 0, topP: 0.5 },
          additionalModelRequestFields: { top_k: 200, thinking: { type: 'disabled' } },
        }),
        variant('c', 'without a model', { model: undefined }),
      ];
      const saved = draft('WHOLE00001', { variants, defaultVariant: 'b' });
      subject().save(saved);
      expect(await get(saved)).toEqual(saved);
    });

    it('knows no prompt, version, region or account that is not there', async () => {
      const saved = draft('MISSING001');
      subject().save(saved, [versionOf(saved, '1', 'first')]);
      const elsewhere = draft('MISSING001', {}, 'eu-west-1');
      const anothers = { ...saved, arn: saved.arn.replace(ACCOUNT, '210987654321') };
      const codes = [get(saved, '2'), get(draft('MISSING002')), get(elsewhere), get(anothers)].map(codeOf);
      expect(await Promise.all(codes)).toEqual(codes.map(() => 'prompt-not-found'));
      expect(await codeOf(get(saved, '1'))).toBe('found');
    });

    it('gives prompts of other regions, and lists those of its own, by the names of their drafts', async () => {
      const abroad = draft('ABROAD0001', {}, 'eu-west-1');
      const renamed = draft('RENAMED001', { name: 'new-name' });
      subject().save(abroad);
      subject().save(renamed, [{ ...versionOf(renamed, '1', 'first'), name: 'new-name' }]);
      expect(await get(abroad)).toEqual(abroad);
      const listed = await subject().source.list(patient);
      expect(listed).toContainEqual({ name: 'new-name', arn: renamed.arn });
      expect(listed.map(({ arn }) => arn)).not.toContain(abroad.arn);
      expect(listed.filter(({ arn }) => arn === renamed.arn)).toHaveLength(1);
    });

    it('lists all that there are, however many', async () => {
      const many = Array.from({ length: 1_050 }, (_, at) => draft(`MANY${String(at).padStart(6, '0')}`));
      for (const each of many) subject().save(each);
      const arns = new Set((await subject().source.list(patient)).map(({ arn }) => arn));
      expect(many.filter(({ arn }) => !arns.has(arn))).toEqual([]);
    });

    it('shows a change at once, and what was removed no more', async () => {
      const saved = draft('CHANGES001');
      subject().save(saved);
      await get(saved);
      const changed = { ...saved, variants: [variant('a', 'changed')] };
      subject().save(changed);
      expect(await get(saved)).toEqual(changed);
      subject().remove(saved.arn);
      expect(await codeOf(get(saved))).toBe('prompt-not-found');
      expect((await subject().source.list(patient)).map(({ arn }) => arn)).not.toContain(saved.arn);
    });

    it('leaves off with the reason of who leaves', async () => {
      const left = AbortSignal.abort(new Error('left'));
      await expect(get(draft('ABORTED001'), 'DRAFT', left)).rejects.toThrow('left');
      await expect(subject().source.list(left)).rejects.toThrow('left');
    });
  });
}
