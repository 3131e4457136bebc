import { GatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { MemoryLocks } from './memory-locks.ts';
import { MemoryPromptAdmin } from './memory-prompt-admin.ts';
import type { PromptContent } from './prompt-admin.ts';
import { PromptAdministration, type PromptChange, type PromptChanges } from './prompt-administration.ts';
import { etagOf } from './prompt-etag.ts';
import { promptContent, textVariant } from './test-support/managed-prompts.ts';

const patient = new AbortController().signal;

/** A prompt, and what was noted of its changes. */
async function start(content: PromptContent = promptContent('greeting')) {
  const admin = new MemoryPromptAdmin('us-east-1', '123456789012', Date.now);
  const administration = new PromptAdministration({ admin, locks: new MemoryLocks() });
  const prompt = await admin.create(content, { tags: {}, token: undefined }, patient);
  const notes: string[] = [];
  const note = (what: string, { action, name }: PromptChange) => notes.push(`${what} ${action} ${name}`);
  const changes: PromptChanges = {
    intend: async (change) => void note('intend', change),
    failed: async (change, { code }) => void note(`failed by ${code}:`, change),
    tell: async (arn) => void notes.push(`tell ${arn.slice(-10) === prompt.promptId}`),
  };
  const describe_ = (description: string, known = etagOf(content)) =>
    administration.update(prompt.promptId, known, (before) => ({ ...before, description }), changes, patient);
  return { admin, administration, prompt, notes, changes, describe: describe_ };
}

describe('a change', () => {
  test('is intended, made and told, in this order', async () => {
    const { describe, notes, admin, prompt } = await start();
    await describe('new');
    expect(notes).toEqual(['intend updated greeting', 'tell true']);
    expect((await admin.get(prompt.promptId, 'DRAFT', patient)).content.description).toBe('new');
  });

  test('that cannot be recorded is not made, and nobody is told', async () => {
    const { administration, prompt, admin, notes, changes } = await start();
    const refusing = {
      ...changes,
      intend: async () => Promise.reject(new GatewayError('identity-unavailable', 'no log')),
    };
    const change = administration.delete(prompt.promptId, '*', refusing, patient);
    await expect(change).rejects.toMatchObject({ code: 'identity-unavailable' });
    expect(notes).toEqual([]);
    expect(await admin.get(prompt.promptId, 'DRAFT', patient)).toEqual(prompt);
  });

  test('that fails is told all the same: it may have been made', async () => {
    const { administration, prompt, notes, changes, admin } = await start();
    admin.update = async () => Promise.reject(new Error('the connection broke'));
    const change = administration.update(
      prompt.promptId,
      '*',
      (before) => ({ ...before, name: 'new' }),
      changes,
      patient,
    );
    await expect(change).rejects.toMatchObject({
      code: 'prompts-unavailable',
      message: expect.stringContaining('did not say whether the change was made'),
    });
    expect(notes).toEqual(['intend updated greeting', 'failed by prompts-unavailable: updated greeting', 'tell true']);
  });

  test('of a draft that says so already is no change, whatever was known of it', async () => {
    const { describe, notes } = await start(promptContent('greeting', { description: 'same' }));
    expect((await describe('same', 'old')).content.description).toBe('same');
    expect(notes).toEqual([]);
  });

  test('is refused where a part of a variant would be lost, and made where it is replaced', async () => {
    const content = promptContent('greeting', {
      variants: [textVariant('new', 'x', { templateConfiguration: { $unknown: ['video', {}] } as never })],
    });
    const { describe, administration, prompt, changes, notes } = await start(content);
    await expect(describe('b')).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining("'video'"),
    });
    expect(notes).toEqual([]);
    const replaced = (before: PromptContent) => ({ ...before, variants: [textVariant('new', 'y')] });
    await administration.update(prompt.promptId, '*', replaced, changes, patient);
    expect(notes).toEqual(['intend updated greeting', 'tell true']);
  });
});

test('an etag is of what a prompt says, in whatever order', () => {
  const { name, ...rest } = promptContent('greeting', { variants: [textVariant('a', 'x')] });
  const etag = etagOf({ ...rest, name });
  expect(etagOf({ name, ...rest })).toBe(etag);
  expect(etagOf({ name, ...rest, description: '' })).not.toBe(etag);
  expect(etagOf({ name, ...rest, variants: [textVariant('a', 'y')] })).not.toBe(etag);
});
