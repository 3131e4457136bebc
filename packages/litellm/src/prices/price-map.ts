import { readFileSync } from 'node:fs';
import { attoUsd, type PriceRates } from '@genai-gateway/core';
import { dataFolder } from '../data-folder.ts';
import { asObject } from '../values.ts';

/** What LiteLLM's price map lists for one name. */
export interface PriceEntry {
  readonly name: string;
  readonly rates: PriceRates;
  /** The longest input; undefined: it is not listed. */
  readonly maxInputTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
}

/** The prices of guardrails, by the names of their units. */
const GUARDRAIL = 'guardrail_cost_per_unit';

const file = new URL('price-map/bedrock.jsonl', dataFolder);

/** The price map of the supported version of LiteLLM, by name in lower case. Throws what `fs` throws. */
export function readPriceMap(): ReadonlyMap<string, PriceEntry> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => entryOf(asObject(JSON.parse(line)) ?? {})).map((each) => [each.name.toLowerCase(), each]),
  );
}

const contextsFile = new URL('price-map/contexts.jsonl', dataFolder);

/** The longest inputs of the chat models of other providers, in tokens, by name in lower case. Throws what `fs` throws. */
export function readContexts(): ReadonlyMap<string, number> {
  const lines = readFileSync(contextsFile, 'utf8').split('\n').filter(Boolean);
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const { model, max_input_tokens: most } = asObject(JSON.parse(line)) ?? {};
      return typeof model === 'string' && typeof most === 'number' ? [[model.toLowerCase(), most]] : [];
    }),
  );
}

function entryOf(listed: Readonly<Record<string, unknown>>): PriceEntry {
  return {
    name: String(listed['model']),
    rates: priceRates(asObject(listed[GUARDRAIL]) ?? listed, () => true),
    maxInputTokens: tokens(listed['max_input_tokens']),
    maxOutputTokens: tokens(listed['max_output_tokens'] ?? listed['max_tokens']),
  };
}

function tokens(listed: unknown): number | undefined {
  return typeof listed === 'number' ? listed : undefined;
}

/** The fields that `isPrice` takes for prices and that are amounts of money. */
export function priceRates(fields: Readonly<Record<string, unknown>>, isPrice: (name: string) => boolean): PriceRates {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const rate = isPrice(name) && !/^(?:model|mode|max_)/.test(name) ? attoUsd(value) : undefined;
      return rate === undefined ? [] : [[name, rate]];
    }),
  );
}
