import type { EmbeddingPurpose, JsonObject, JsonValue } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import type { EmbeddingFacts } from './embedding-facts.ts';
import type { EmbeddingInput, EmbeddingRequest } from './parse-embedding-request.ts';

/** One call of InvokeModel, and which of the request's inputs it is for. */
export interface EmbeddingCall {
  readonly body: JsonObject;
  /** In the order in which the answer has their vectors. */
  readonly inputs: readonly number[];
}

/** A request for embeddings, as its model takes it. */
export interface EmbeddingCalls {
  readonly calls: readonly EmbeddingCall[];
  /** Fields that have no effect on this model. */
  readonly droppedParams: readonly string[];
}

/**
 * The calls of InvokeModel that a request needs: models take one text at a time, or up to 96. Throws `invalid-request`
 * for pictures and lengths that the model does not have.
 */
export function embeddingCalls(request: EmbeddingRequest, facts: EmbeddingFacts): EmbeddingCalls {
  checkDimensions(request, facts);
  const { texts, images } = split(request.inputs, facts);
  const dropped = new DroppedParams();
  for (const name of request.unknown) dropped.add(name);
  for (const name of withoutEffect(request, facts)) dropped.add(name);
  return {
    calls: [...inRuns(texts, facts.textsPerCall), ...inRuns(images, facts.imagesPerCall)].map((run) => ({
      body: bodyOf(request, facts, run),
      inputs: run.map(({ index }) => index),
    })),
    droppedParams: dropped.list(),
  };
}

interface Numbered<T> {
  readonly index: number;
  readonly input: T;
}

type Text = Extract<EmbeddingInput, { readonly kind: 'text' }>;
type Image = Extract<EmbeddingInput, { readonly kind: 'image' }>;

/** No model takes texts and pictures in one list. */
function split(
  inputs: readonly EmbeddingInput[],
  facts: EmbeddingFacts,
): { readonly texts: readonly Numbered<Text>[]; readonly images: readonly Numbered<Image>[] } {
  const texts: Numbered<Text>[] = [];
  const images: Numbered<Image>[] = [];
  for (const [index, input] of inputs.entries()) {
    if (input.kind === 'text') texts.push({ index, input });
    else if (facts.imagesPerCall > 0) images.push({ index, input });
    else {
      throw invalidRequest(
        'This model embeds text only. Send pictures to a multimodal embedding model.',
        inputs.length === 1 ? 'input' : `input.${index}`,
      );
    }
  }
  return { texts, images };
}

function checkDimensions({ dimensions }: EmbeddingRequest, facts: EmbeddingFacts): void {
  if (dimensions === undefined || facts.dimensions.includes(dimensions)) return;
  const allowed = facts.dimensions.toSorted((a, b) => a - b).join(', ');
  throw invalidRequest(`\`dimensions\` of this model can be ${allowed}, not ${dimensions}.`, 'dimensions');
}

/** Fields that are right, but that this model has nothing for. */
function withoutEffect({ purpose, truncate, normalize }: EmbeddingRequest, { family }: EmbeddingFacts): string[] {
  const isTitan = family.startsWith('titan');
  return [
    ...(purpose !== undefined && isTitan ? ['input_type'] : []),
    ...(truncate !== undefined && truncate !== 'NONE' && isTitan ? ['truncate'] : []),
    ...(normalize !== undefined && family !== 'titan-v2' ? ['normalize'] : []),
  ];
}

function inRuns<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  const runs: T[][] = [];
  for (let at = 0; at < items.length; at += length) runs.push(items.slice(at, at + length));
  return runs;
}

function bodyOf(
  request: EmbeddingRequest,
  facts: EmbeddingFacts,
  run: readonly (Numbered<Text> | Numbered<Image>)[],
): JsonObject {
  const inputs = run.map(({ input }) => input);
  switch (facts.family) {
    case 'titan-v1':
    case 'titan-v2':
    case 'titan-image':
      return titanBody(request, facts, inputs);
    case 'cohere-v3':
    case 'cohere-v4':
      return cohereBody(request, facts, inputs);
    case 'nova':
      return novaBody(request, facts, inputs);
  }
}

function titanBody(
  { dimensions, normalize }: EmbeddingRequest,
  { family }: EmbeddingFacts,
  [input]: readonly EmbeddingInput[],
): JsonObject {
  const content = input?.kind === 'image' ? { inputImage: input.bytes } : { inputText: input?.text ?? '' };
  if (family === 'titan-v1') return content;
  if (family === 'titan-image') {
    return dimensions === undefined ? content : { ...content, embeddingConfig: { outputEmbeddingLength: dimensions } };
  }
  return {
    ...content,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(normalize === undefined ? {} : { normalize }),
  };
}

function cohereBody(
  { dimensions, purpose = 'search_document', truncate }: EmbeddingRequest,
  { family }: EmbeddingFacts,
  inputs: readonly EmbeddingInput[],
): JsonObject {
  const isImage = inputs[0]?.kind === 'image';
  const values = inputs.map((input) =>
    input.kind === 'text' ? input.text : `data:image/${input.format};base64,${input.bytes}`,
  );
  const content = isImage ? { images: values } : { texts: values };
  if (family === 'cohere-v3') {
    const cut = truncate === undefined ? {} : { truncate };
    return { ...content, input_type: isImage ? 'image' : purpose, embedding_types: ['float'], ...cut };
  }
  return {
    ...content,
    input_type: purpose,
    embedding_types: ['float'],
    ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
    ...(truncate === undefined ? {} : { truncate: cohereSides[truncate] }),
  };
}

/** Version 4 has other words for the ends of a text. */
const cohereSides = { NONE: 'NONE', START: 'LEFT', END: 'RIGHT' } as const;

function novaBody(
  { dimensions, purpose = 'search_document', truncate = 'NONE' }: EmbeddingRequest,
  facts: EmbeddingFacts,
  [input]: readonly EmbeddingInput[],
): JsonObject {
  const content: JsonObject =
    input?.kind === 'image'
      ? { image: { format: input.format, source: { bytes: input.bytes } } }
      : { text: { truncationMode: truncate, value: input?.text ?? '' } };
  return {
    schemaVersion: 'nova-multimodal-embed-v1',
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: novaPurposes[purpose],
      embeddingDimension: dimensions ?? facts.dimensions[0],
      ...content,
    },
  } satisfies JsonValue;
}

const novaPurposes: Readonly<Record<EmbeddingPurpose, string>> = {
  search_document: 'GENERIC_INDEX',
  search_query: 'GENERIC_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};
