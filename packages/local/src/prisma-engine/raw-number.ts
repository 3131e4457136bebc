/**
 * A number that JSON.stringify writes with exactly this text, so that no digit is lost on the way. The text
 * must be a number of JSON's grammar, else it throws SyntaxError.
 * https://github.com/tc39/proposal-json-parse-with-source (in Node since 22; TypeScript has no type for it yet)
 */
export function rawNumber(text: string): unknown {
  return rawJson(text);
}

const rawJson = rawJsonOf(JSON);

function rawJsonOf(json: object): (text: string) => unknown {
  if (!('rawJSON' in json) || typeof json.rawJSON !== 'function') throw new Error('JSON.rawJSON is missing.');
  return json.rawJSON as (text: string) => unknown;
}
