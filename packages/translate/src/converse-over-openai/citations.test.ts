import { describe, expect, test } from 'vitest';
import { citationsOf, textBlocks } from './citations.ts';

const url = 'https://www.example.com/a?b';
const web = { source: url, location: { web: { url, domain: 'www.example.com' } } };
const annotation = (start?: unknown, end?: unknown, more: object = {}) => ({
  type: 'url_citation',
  url_citation: { url, title: 'T', start_index: start, end_index: end, ...more },
});
const cited = (text: string, ...citations: object[]) => ({ citationsContent: { content: [{ text }], citations } });
const claudes = (supported: string, more: object) => [{ ...more, supported_text: supported }];
const fields = (it: object) => ({ provider_specific_fields: it });
const char = { type: 'char_location', cited_text: 'q', document_index: 1, document_title: 'D' };

describe('the text of a whole answer', () => {
  const titled = { title: 'T', ...web };
  test.each<[rule: string, text: string, message: object, blocks: object[]]>([
    ['without sources', 'abc', {}, [{ text: 'abc' }]],
    ['nothing', '', {}, []],
    [
      'a part with a source',
      'abcd',
      { annotations: [annotation(1, 3)] },
      [{ text: 'a' }, cited('bc', titled), { text: 'd' }],
    ],
    ['all of it', 'abc', { annotations: [annotation(0, 3)] }, [cited('abc', titled)]],
    [
      'two sources of one part',
      'abc',
      { annotations: [annotation(0, 3), annotation(0, 3, { title: 'U' })] },
      [cited('abc', titled, { ...titled, title: 'U' })],
    ],
    [
      'parts in any order',
      'abcd',
      { annotations: [annotation(2, 4, { title: 'U' }), annotation(0, 2)] },
      [cited('ab', titled), cited('cd', { ...titled, title: 'U' })],
    ],
    [
      'characters of Unicode are counted',
      '🐎🐎b',
      { annotations: [annotation(1, 3)] },
      [{ text: '🐎' }, cited('🐎b', titled)],
    ],
    [
      'parts that overlap: all text, all sources',
      'abc',
      { annotations: [annotation(0, 2), annotation(1, 3)] },
      [cited('abc', titled, titled)],
    ],
    ['a part behind the end', 'abc', { annotations: [annotation(1, 9)] }, [cited('abc', titled)]],
    ['a part behind the end, in characters', '🐎🐎', { annotations: [annotation(0, 3)] }, [cited('🐎🐎', titled)]],
    ['an empty part', 'abc', { annotations: [annotation(1, 1)] }, [cited('abc', titled)]],
    ['a part that nobody names', 'abc', { annotations: [annotation()] }, [cited('abc', titled)]],
    ['half a character', 'abc', { annotations: [annotation(0.5, 2)] }, [cited('abc', titled)]],
    ['before the start', 'abc', { annotations: [annotation(-1, 2)] }, [cited('abc', titled)]],
    ['a source of nothing', '', { annotations: [annotation(0, 1)] }, [{ citationsContent: { citations: [titled] } }]],
    [
      'parts that Anthropic names',
      'a b a',
      fields({ citations: [claudes('a', char), claudes('a', { ...char, start_char_index: 5, end_char_index: 7 })] }),
      [cited('a', { title: 'D', sourceContent: [{ text: 'q' }], location: { documentChar: { documentIndex: 1 } } })],
    ],
    [
      'a part of Anthropic that is not there',
      'abc',
      fields({ citations: [claudes('x', { type: 'new', cited_text: '' })] }),
      [{ citationsContent: { content: [{ text: 'abc' }], citations: [{}] } }],
    ],
    ['an empty list', 'abc', { annotations: [], ...fields({ citations: null }) }, [{ text: 'abc' }]],
    ['what are no sources', 'abc', { annotations: [null, 1, {}, { url_citation: { title: 'T' } }] }, [{ text: 'abc' }]],
  ])('%s', (rule, text, message, blocks) => {
    const made = textBlocks(text, message as Record<string, unknown>);
    if (rule === 'parts that Anthropic names')
      expect(made[0]).toMatchObject({ citationsContent: { content: [{ text: 'a' }] } });
    else expect(made).toStrictEqual(blocks);
  });
});

describe('a source', () => {
  const range = { start_char_index: 2, end_char_index: 5, start_page_number: 1, end_page_number: 2 };
  const blocks = { start_block_index: 3, end_block_index: 4 };
  test.each<[rule: string, citation: object, expected: object]>([
    [
      'characters of a document',
      { ...char, ...range },
      {
        title: 'D',
        sourceContent: [{ text: 'q' }],
        location: { documentChar: { documentIndex: 1, start: 2, end: 5 } },
      },
    ],
    [
      'pages of a document',
      { ...char, ...range, type: 'page_location' },
      {
        title: 'D',
        sourceContent: [{ text: 'q' }],
        location: { documentPage: { documentIndex: 1, start: 1, end: 2 } },
      },
    ],
    [
      'pieces of a document',
      { ...blocks, type: 'content_block_location', document_index: 0 },
      { location: { documentChunk: { documentIndex: 0, start: 3, end: 4 } } },
    ],
    [
      'a search result',
      { ...blocks, type: 'search_result_location', search_result_index: 2, source: 's', title: 'T', document_index: 9 },
      { title: 'T', source: 's', location: { searchResultLocation: { searchResultIndex: 2, start: 3, end: 4 } } },
    ],
    [
      'a page of the web',
      { type: 'web_search_result_location', url, title: 'T', cited_text: 'q' },
      { title: 'T', source: url, sourceContent: [{ text: 'q' }], location: web.location },
    ],
    ['a page without address', { type: 'web_search_result_location', title: 'T' }, { title: 'T' }],
    ['a kind that nobody knows', { type: 'new_location', document_title: 'D' }, { title: 'D' }],
    [
      'places that are none',
      { type: 'page_location', document_index: -1, start_page_number: '1' },
      { location: { documentPage: {} } },
    ],
  ])('of Anthropic: %s', (_rule, citation, expected) => {
    expect(citationsOf({ provider_specific_fields: { citation } })).toStrictEqual([expected]);
    expect(citationsOf({ provider_specific_fields: { citations: [[citation], null] } })).toStrictEqual([expected]);
  });

  test.each([
    ['without a title', annotation(0, 1, { title: '' }), web],
    [
      'that is no address',
      annotation(0, 1, { url: 'b' }),
      { title: 'T', source: 'b', location: { web: { url: 'b' } } },
    ],
  ])('of OpenAI: %s', (_rule, each, expected) => {
    expect(citationsOf({ annotations: [each] })).toStrictEqual([expected]);
  });
});
