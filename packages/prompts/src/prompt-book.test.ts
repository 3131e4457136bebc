import { GatewayError } from '@genai-gateway/core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Prompt } from './prompt.ts';
import { PromptBook } from './prompt-book.ts';
import { parsePromptName } from './prompt-name.ts';
import { prompt, variant } from './test-support/prompts.ts';
import { WatchedPrompts } from './test-support/watched-prompts.ts';

const { arn } = prompt();
const patient = new AbortController().signal;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let nowMs = 0;
beforeEach(() => {
  nowMs = 1_000_000;
});
const later = (ms: number) => {
  nowMs += ms;
};

function book(prompts: Iterable<Prompt> = [prompt(), prompt({ version: 'DRAFT' })], timeoutMs = 5_000) {
  const source = new WatchedPrompts('us-east-1', prompts);
  const failures: string[] = [];
  const made = new PromptBook({ source, now: () => nowMs, timeoutMs, onFailure: (key) => failures.push(key) });
  return {
    source,
    failures,
    forget: (of?: string) => made.forget(of),
    /** As the book gives it: with or without a promise. */
    at: (name: string, signal = patient) => {
      const parsed = parsePromptName(name);
      if (parsed === undefined) throw new Error(`${name} is no prompt`);
      return made.find(parsed, signal);
    },
    find: async (name: string, signal = patient) => {
      const parsed = parsePromptName(name);
      return parsed === undefined ? undefined : made.find(parsed, signal);
    },
  };
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'found',
    (error: GatewayError) => error.code ?? String(error),
  );
/** What is under way without anybody who waits for it has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const textOf = (found: Prompt | undefined) => {
  const template = found?.variants[0]?.template;
  return template?.kind === 'text' ? template.text : undefined;
};
const draft = (text: string) => prompt({ version: 'DRAFT', variants: [variant('a', text)] });

describe('a prompt is found', () => {
  test.each([
    [`${arn}:1`, '1', ['prompt/ABCDEFGHIJ:1']],
    [arn, 'DRAFT', ['prompt/ABCDEFGHIJ:DRAFT']],
    ['prompt:greeting:1', '1', ['list', 'prompt/ABCDEFGHIJ:1']],
    ['prompt:greeting', 'DRAFT', ['list', 'prompt/ABCDEFGHIJ:DRAFT']],
  ])('by %s', async (name, version, asked) => {
    const { find, at, source } = book();
    expect(await find(name)).toEqual(prompt({ version }));
    expect(source.asked).toEqual(asked);
    expect(at(name)).toEqual(prompt({ version }));
    expect(source.asked).toEqual(asked);
  });

  test('in its own region by its ARN, in the gateway’s by its name', async () => {
    const abroad = arn.replace('us-east-1', 'eu-west-1');
    const { find } = book([prompt({ arn: abroad })]);
    expect(await find(`${abroad}:1`)).toMatchObject({ arn: abroad });
    expect(await codeOf(find('prompt:greeting:1'))).toBe('prompt-not-found');
  });

  test('never by its id', async () => {
    const { find } = book();
    expect(await codeOf(find('prompt:ABCDEFGHIJ:1'))).toBe('prompt-not-found');
  });
});

describe('what there is not', () => {
  test.each([
    [`${arn}:2`, 'prompt/ABCDEFGHIJ:2'],
    ['prompt:greeting:2', 'prompt:greeting:2'],
    ['prompt:farewell', 'prompt:farewell:DRAFT'],
  ])('%s is refused in the words of the caller, without the account', async (name, shown) => {
    const { find, failures } = book();
    const refusal: GatewayError = await find(name).then(
      () => Promise.reject(new Error('found')),
      (error) => error,
    );
    expect(refusal).toMatchObject({ code: 'prompt-not-found', param: 'model' });
    expect(refusal.message).toContain(`'${shown}'`);
    expect(refusal.message).not.toContain('123456789012');
    expect(failures).toEqual([]);
  });

  test('is believed for four seconds', async () => {
    const { find, at, source } = book([]);
    expect(await codeOf(find(`${arn}:1`))).toBe('prompt-not-found');
    source.prompts.put(prompt());
    later(4 * SECOND - 1);
    expect(() => at(`${arn}:1`)).toThrow(expect.objectContaining({ code: 'prompt-not-found' }));
    expect(source.asked).toHaveLength(1);
    later(1);
    expect(await find(`${arn}:1`)).toEqual(prompt());
  });

  test('is not asked for by name either, however many names a caller makes up', async () => {
    const { find, source } = book();
    const names = Array.from({ length: 200 }, (_, at) => `prompt:made-up-${at}`);
    expect(new Set(await Promise.all(names.map((name) => codeOf(find(name)))))).toEqual(new Set(['prompt-not-found']));
    expect(source.asked).toEqual(['list']);
  });

  test('may be one that was there: it is gone within four seconds', async () => {
    const { find, source } = book();
    await find(arn);
    source.prompts.remove(arn);
    later(4 * SECOND);
    expect(await codeOf(find(arn))).toBe('prompt-not-found');
  });

  test('is not there again because the source is down', async () => {
    const { find, source } = book();
    await find(`${arn}:1`);
    source.prompts.remove(arn);
    later(60 * MINUTE);
    expect(await codeOf(find(`${arn}:1`))).toBe('prompt-not-found');
    source.failure = new Error('down');
    later(4 * SECOND);
    expect(await codeOf(find(`${arn}:1`))).toBe('prompts-unavailable');
  });

  test('may be one that its author must mend', async () => {
    const { find, source, failures } = book();
    await find(arn);
    source.failure = new GatewayError('invalid-request', 'Its weight is no number.');
    later(4 * SECOND);
    expect(await codeOf(find(arn))).toBe('invalid-request');
    expect(failures).toEqual([]);
  });
});

describe('a change', () => {
  test.each([arn, 'prompt:greeting'])('of a draft is seen after four seconds: %s', async (name) => {
    const { find, source } = book();
    await find(name);
    source.prompts.put(draft('changed'));
    later(4 * SECOND);
    expect(textOf(await find(name))).toBe('changed');
  });

  test('of a draft is seen by those who ask all the time, who never wait', async () => {
    const { find, at, source } = book();
    await find(arn);
    source.prompts.put(draft('changed'));
    for (let ms = 0; ms < 4 * SECOND; ms += 100) {
      later(100);
      expect(at(arn)).not.toBeInstanceOf(Promise);
      await settled();
    }
    expect(textOf(await find(arn))).toBe('changed');
    expect(source.asked).toHaveLength(2);
  });

  test('of the name is seen after four seconds', async () => {
    const { find, source } = book();
    await find('prompt:greeting:1');
    const again = prompt({ promptId: 'KLMNOPQRST' });
    source.prompts.remove(arn);
    source.prompts.put(again);
    later(4 * SECOND);
    expect(await find('prompt:greeting:1')).toEqual(again);
  });

  test('of a version is none: it is asked for once an hour, ahead of time', async () => {
    const { find, at, source } = book();
    await find(`${arn}:1`);
    later(55 * MINUTE - 1);
    await find(`${arn}:1`);
    expect(source.asked).toHaveLength(1);
    later(1);
    expect(at(`${arn}:1`)).not.toBeInstanceOf(Promise);
    await settled();
    expect(source.asked).toHaveLength(2);
    source.prompts.remove(arn);
    later(60 * MINUTE);
    expect(await codeOf(find(`${arn}:1`))).toBe('prompt-not-found');
  });
});

describe('news of a change', () => {
  test.each([
    ['of this prompt', arn],
    ['of this version', `${arn}:1`],
    ['of any prompt', undefined],
  ])('%s is heeded before the next use', async (_rule, news) => {
    const { find, source, forget } = book();
    await find('prompt:greeting');
    await find(`${arn}:1`);
    source.prompts.put({ ...draft('changed'), name: 'renamed' });
    source.prompts.put(prompt({ name: 'renamed' }));
    forget(news);
    expect(textOf(await find(arn))).toBe('changed');
    expect(await find(`${arn}:1`)).toMatchObject({ name: 'renamed' });
    expect(await find('prompt:renamed:1')).toMatchObject({ name: 'renamed' });
  });

  test('of another prompt is not', async () => {
    const { find, at, forget } = book();
    await find(arn);
    forget(prompt({ promptId: 'KLMNOPQRST' }).arn);
    forget(arn.replace('us-east-1', 'eu-west-1'));
    expect(at(arn)).not.toBeInstanceOf(Promise);
  });

  test('makes what was refused be asked for again', async () => {
    const { find, source, forget } = book([]);
    expect(await codeOf(find('prompt:greeting:1'))).toBe('prompt-not-found');
    expect(await codeOf(find(`${arn}:1`))).toBe('prompt-not-found');
    source.prompts.put(prompt());
    forget(arn);
    expect(await find('prompt:greeting:1')).toEqual(prompt());
    expect(await find(`${arn}:1`)).toEqual(prompt());
  });

  test('while a look-up is under way keeps its answer from being kept, and the next one asks anew', async () => {
    const { find, at, source, forget } = book();
    const open = source.hold();
    const early = find(arn);
    await settled();
    source.prompts.put(draft('changed'));
    forget(arn);
    const late = find(arn);
    await settled();
    open();
    expect(textOf(await early)).toBe('Hello, {{name}}!');
    expect(textOf(await late)).toBe('changed');
    expect(textOf(await at(arn))).toBe('changed');
  });

  test('while a look-up is under way is not undone by its end', async () => {
    const { find, source, forget } = book();
    const open = source.hold();
    const early = find(arn);
    await settled();
    source.prompts.put(draft('changed'));
    forget(arn);
    open();
    await early;
    expect(textOf(await find(arn))).toBe('changed');
  });

  test('does not take the last that is known away, should the source be down', async () => {
    const { find, source, forget } = book();
    await find(arn);
    source.failure = new Error('down');
    forget();
    expect(await find(arn)).toEqual(prompt({ version: 'DRAFT' }));
  });
});

describe('while the source cannot be asked', () => {
  const down = (of: ReturnType<typeof book>) => {
    of.source.failure = new Error('throttled');
  };

  test('what is not known is unavailable, which is no "there is none"; it is tried again after two seconds', async () => {
    const made = book();
    down(made);
    expect(await codeOf(made.find(arn))).toBe('prompts-unavailable');
    expect(await codeOf(made.find('prompt:greeting'))).toBe('prompts-unavailable');
    expect(made.failures).toEqual([`${arn}:DRAFT`, 'the list of prompts']);
    made.source.failure = undefined;
    later(2 * SECOND - 1);
    expect(await codeOf(made.find(arn))).toBe('prompts-unavailable');
    later(1);
    expect(await codeOf(made.find(arn))).toBe('found');
  });

  test('a draft and its name go on for ten minutes', async () => {
    const made = book();
    await made.find('prompt:greeting');
    down(made);
    for (let minute = 1; minute <= 9; minute += 1) {
      later(MINUTE);
      expect(await codeOf(made.find('prompt:greeting'))).toBe('found');
    }
    expect(made.failures.length).toBeGreaterThan(8);
    later(MINUTE);
    expect(await codeOf(made.find('prompt:greeting'))).toBe('prompts-unavailable');
    made.source.failure = undefined;
    later(2 * SECOND);
    expect(await codeOf(made.find('prompt:greeting'))).toBe('found');
  });

  test('a version goes on', async () => {
    const made = book();
    await made.find(`${arn}:1`);
    down(made);
    later(24 * 60 * MINUTE);
    expect(await codeOf(made.find(`${arn}:1`))).toBe('found');
  });

  test('nobody waits for it twice who can have the last that is known', async () => {
    const made = book();
    await made.find(arn);
    down(made);
    later(5 * SECOND);
    await made.find(arn);
    made.source.hold();
    for (let second = 0; second < 25; second += 1) {
      later(SECOND);
      expect(made.at(arn)).not.toBeInstanceOf(Promise);
      await settled();
    }
    expect(made.source.asked).toHaveLength(3);
  });

  test('and when it can be asked again, changes are seen as before', async () => {
    const made = book();
    await made.find(arn);
    down(made);
    later(5 * SECOND);
    await made.find(arn);
    made.source.failure = undefined;
    later(2 * SECOND);
    await made.find(arn);
    await settled();
    made.source.prompts.put(draft('changed'));
    later(4 * SECOND);
    expect(textOf(await made.find(arn))).toBe('changed');
  });

  test('its own words are kept when it has some', async () => {
    const made = book();
    made.source.failure = new GatewayError('prompts-unavailable', 'In its own words.', { retryAfterSeconds: 7 });
    await expect(made.find(arn)).rejects.toBe(made.source.failure);
  });

  test('a look-up that takes too long is one that failed', async () => {
    const made = book(undefined, 20);
    made.source.hold();
    expect(await codeOf(made.find(arn))).toBe('prompts-unavailable');
    expect(made.failures).toEqual([`${arn}:DRAFT`]);
  });
});

describe('look-ups', () => {
  test('are shared by all who wait', async () => {
    const { find, source } = book();
    const open = source.hold();
    const all = Array.from({ length: 50 }, (_, at) => find(at % 2 === 0 ? arn : 'prompt:greeting'));
    await settled();
    open();
    expect(new Set(await Promise.all(all)).size).toBe(1);
    expect(source.asked).toEqual(['prompt/ABCDEFGHIJ:DRAFT', 'list']);
  });

  test('go on for the others when one leaves', async () => {
    const { find, source } = book();
    const open = source.hold();
    const hasty = new AbortController();
    const left = find(arn, hasty.signal);
    const stays = find(arn);
    await settled();
    hasty.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    open();
    expect(await codeOf(stays)).toBe('found');
    expect(source.asked).toHaveLength(1);
  });

  test('are not begun for who has left', async () => {
    const { find, source } = book();
    await expect(find(arn, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
    expect(source.asked).toEqual([]);
  });

  test('are sixteen at a time at most', async () => {
    const { find, source } = book([]);
    const open = source.hold();
    const arns = Array.from({ length: 40 }, (_, at) => arn.replace('ABCDEFGHIJ', `ABCDEFGH${10 + at}`));
    const codes = Promise.all(arns.map((each) => codeOf(find(each))));
    await settled();
    expect(source.asked).toHaveLength(16);
    open();
    const refused = await codes;
    expect(refused.filter((code) => code === 'prompt-not-found')).toHaveLength(16);
    expect(refused.filter((code) => code === 'prompts-unavailable')).toHaveLength(24);
    expect(await codeOf(find(arns[39] ?? ''))).toBe('prompt-not-found');
  });

  test('do not push out what is in use: a thousand are kept, and refusals apart from them', async () => {
    const many = Array.from({ length: 1_001 }, (_, at) => prompt({ promptId: String(10_000_000_00 + at) }));
    const { find, at } = book(many);
    for (const each of many) await find(`${each.arn}:1`);
    for (let unknown = 0; unknown < 1_100; unknown += 1) {
      await codeOf(find(`${arn.replace('ABCDEFGHIJ', String(20_000_000_00 + unknown))}:1`));
    }
    const kept = many.filter((each) => !(at(`${each.arn}:1`) instanceof Promise));
    expect(kept).toHaveLength(1_000);
  });
});
