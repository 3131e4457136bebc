import { type JsonObject, objectOf, stringOf } from '../json.ts';
import type { ScriptCitation } from '../script/script.ts';
import { turnsOf } from './converse-request.ts';

const MOST_CITED = 60;

/** What a model cites of the documents of a Converse body whose citations were asked for: the start of each. */
export function citationsAsked(body: JsonObject): readonly ScriptCitation[] {
  const documents = turnsOf(body)
    .flatMap(({ blocks }) => blocks)
    .filter(({ kind }) => kind === 'document')
    .map(({ value }) => objectOf(value));
  return documents.flatMap(({ name, source, citations }, documentIndex) => {
    if (objectOf(citations)['enabled'] !== true) return [];
    const { text, bytes } = objectOf(source);
    const said = stringOf(text) ?? Buffer.from(stringOf(bytes) ?? '', 'base64').toString('latin1');
    return [{ title: stringOf(name) ?? '', citedText: said.slice(0, MOST_CITED), documentIndex }];
  });
}
