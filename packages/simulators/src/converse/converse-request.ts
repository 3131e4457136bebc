import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

/** One content block with the place errors name, such as `messages.0.content.1`. */
export interface Block {
  readonly kind: string;
  readonly value: JsonValue;
  readonly place: string;
}

export interface Turn {
  readonly role: string;
  readonly blocks: readonly Block[];
  readonly place: string;
}

/** The turns of a Converse body that has passed the schema check. */
export function turnsOf(body: JsonObject): readonly Turn[] {
  return listOf(body['messages']).map((message, at) => {
    const place = `messages.${at}`;
    const value = objectOf(message);
    return { role: stringOf(value['role']) ?? '', blocks: blocksOf(value['content'], `${place}.content`), place };
  });
}

/** The content blocks of a list of unions. */
export function blocksOf(list: JsonValue | undefined, place: string): readonly Block[] {
  return listOf(list).flatMap((item, at) =>
    Object.entries(objectOf(item))
      .filter(([, value]) => value !== null)
      .map(([kind, value]) => ({ kind, value, place: `${place}.${at}` })),
  );
}

/** The names of the tools a body declares, in order. */
export function toolSpecsOf(body: JsonObject): readonly JsonObject[] {
  return listOf(objectOf(body['toolConfig'])['tools'])
    .map((tool) => objectOf(tool)['toolSpec'])
    .filter(isObject);
}
