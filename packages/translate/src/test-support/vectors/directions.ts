import { anthropicOverConverse } from '../../anthropic-over-converse/test-support/vector.ts';
import { anthropicOverInvoke } from '../../anthropic-over-invoke/test-support/vector.ts';
import { converseOverOpenai } from '../../converse-over-openai/test-support/vector.ts';
import { openaiOverConverse } from '../../openai-over-converse/test-support/vector.ts';
import { responsesOverConverse } from '../../responses-over-converse/test-support/vector.ts';
import type { VectorDirection } from './direction.ts';
import { functions } from './functions.ts';

/** Every direction that has vectors. */
export const directions: readonly VectorDirection[] = [
  openaiOverConverse,
  converseOverOpenai,
  responsesOverConverse,
  anthropicOverConverse,
  anthropicOverInvoke,
  functions,
];
