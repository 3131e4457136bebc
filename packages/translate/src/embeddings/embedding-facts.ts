/** How a family of embedding models is called. */
export interface EmbeddingFacts {
  readonly family: EmbeddingFamily;
  /** Lengths of vectors that can be asked for; the first is what comes where none is. */
  readonly dimensions: readonly [number, ...number[]];
  /** Whether a request may say which of them. */
  readonly takesDimensions: boolean;
  /** The most texts in one call. */
  readonly textsPerCall: number;
  /** The most pictures in one call; 0: it takes none. */
  readonly imagesPerCall: number;
}

export type EmbeddingFamily = 'titan-v1' | 'titan-v2' | 'titan-image' | 'cohere-v3' | 'cohere-v4' | 'nova';

interface Row extends EmbeddingFacts {
  readonly pattern: RegExp;
}

/*
 * The rows say what these pages say:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html (as of 2026-11-23),
 * …/model-parameters-titan-embed-mm.html (as of 2026-11-23),
 * …/model-parameters-embed-v3.html and …/model-parameters-embed-v4.html (read 2026-11-23),
 * https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html (read 2026-11-23).
 */
const rows: readonly Row[] = [
  {
    pattern: /amazon\.titan-embed-text-v2/,
    family: 'titan-v2',
    dimensions: [1024, 512, 256],
    takesDimensions: true,
    textsPerCall: 1,
    imagesPerCall: 0,
  },
  {
    pattern: /amazon\.titan-embed-(?:text-v1|g1-text)/,
    family: 'titan-v1',
    dimensions: [1536],
    takesDimensions: false,
    textsPerCall: 1,
    imagesPerCall: 0,
  },
  {
    pattern: /amazon\.titan-embed-image/,
    family: 'titan-image',
    dimensions: [1024, 384, 256],
    takesDimensions: true,
    textsPerCall: 1,
    imagesPerCall: 1,
  },
  {
    pattern: /cohere\.embed-(?:english|multilingual)-v3/,
    family: 'cohere-v3',
    dimensions: [1024],
    takesDimensions: false,
    textsPerCall: 96,
    imagesPerCall: 1,
  },
  {
    pattern: /cohere\.embed-v4/,
    family: 'cohere-v4',
    dimensions: [1536, 1024, 512, 256],
    takesDimensions: true,
    textsPerCall: 96,
    imagesPerCall: 96,
  },
  {
    pattern: /amazon\.nova-[\w-]*embeddings/,
    family: 'nova',
    dimensions: [3072, 1024, 384, 256],
    takesDimensions: true,
    textsPerCall: 1,
    imagesPerCall: 1,
  },
];

/**
 * How a model makes embeddings, by its id or that of an inference profile of it; undefined: it makes none that are
 * known here.
 */
export function embeddingFactsOf(modelId: string): EmbeddingFacts | undefined {
  return rows.find(({ pattern }) => pattern.test(modelId));
}
