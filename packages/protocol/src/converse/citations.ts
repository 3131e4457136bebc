/**
 * Sources: what the caller gives a model to quote from, and what the model says it quoted.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsContentBlock.html
 * (read 2026-11-23, by `@aws-sdk/client-bedrock-runtime`).
 */

/** Whether the model says where in this document or search result its text comes from. */
export interface ConverseCitationsConfig {
  readonly enabled: boolean;
}

/** Something that the caller found for the model. `source` is an address or any other name of where it is from. */
export interface ConverseSearchResultBlock {
  readonly searchResult: {
    readonly source: string;
    readonly title: string;
    readonly content: readonly { readonly text: string }[];
    readonly citations?: ConverseCitationsConfig;
  };
}

/** Text that carries its sources. The text is nowhere else in the message. */
export interface ConverseCitationsBlock {
  readonly citationsContent: {
    readonly content?: readonly { readonly text: string }[];
    readonly citations?: readonly ConverseCitation[];
  };
}

/** One source of a text. In streams it is a delta with the same fields. */
export interface ConverseCitation {
  readonly title?: string;
  readonly source?: string;
  /** The words of the source. */
  readonly sourceContent?: readonly { readonly text?: string }[];
  readonly location?: ConverseCitationLocation;
}

/** Where in a source: exactly one of the keys. */
export type ConverseCitationLocation =
  | { readonly web: { readonly url?: string; readonly domain?: string } }
  /** Characters, from 0. */
  | { readonly documentChar: ConverseDocumentRange }
  /** Pages, from 1. */
  | { readonly documentPage: ConverseDocumentRange }
  /** Pieces of `content` of a document's source, from 0. */
  | { readonly documentChunk: ConverseDocumentRange }
  /** Pieces of `content` of a search result, from 0. */
  | {
      readonly searchResultLocation: {
        readonly searchResultIndex?: number;
        readonly start?: number;
        readonly end?: number;
      };
    };

/** `documentIndex` counts the documents of the request from 0. */
export interface ConverseDocumentRange {
  readonly documentIndex?: number;
  readonly start?: number;
  readonly end?: number;
}
