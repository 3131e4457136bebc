import type { AnthropicMessage, ApiMessage, ConverseMessage, OpenaiConversationMessage } from '@genai-gateway/protocol';
import { readAnthropic, writeAnthropic } from './anthropic-pieces.ts';
import { readConverse, writeConverse } from './converse-pieces.ts';
import type { Piece, Said } from './pieces.ts';
import { MadeIds, readOpenai } from './read-openai.ts';
import { writeOpenai } from './write-openai.ts';

/**
 * Stored messages in Converse's words. Those that are in them already come back as they are. Never throws: what Converse
 * cannot carry becomes a short text in its place. Before a model reads them, `openaiToConverse` or `continueConverse`
 * makes them fit for it; here they are as they were said, empty messages and all.
 */
export function converseMessages(messages: readonly ApiMessage[]): readonly ConverseMessage[] {
  return inApi(
    messages,
    (it) => (it.api === 'converse' ? it.message : undefined),
    (said) => [writeConverse(said)],
  );
}

/** Stored messages in the words of OpenAI and LiteLLM; the rest as with `converseMessages`. */
export function openaiMessages(messages: readonly ApiMessage[]): readonly OpenaiConversationMessage[] {
  return inApi(messages, (it) => (it.api === 'openai' ? it.message : undefined), writeOpenai);
}

/** Stored messages in Anthropic's words; the rest as with `converseMessages`. */
export function anthropicMessages(messages: readonly ApiMessage[]): readonly AnthropicMessage[] {
  return inApi(
    messages,
    (it) => (it.api === 'anthropic' ? it.message : undefined),
    (said) => [writeAnthropic(said)],
  );
}

/** `own`: the message where it is in the wanted words already. */
function inApi<Message>(
  messages: readonly ApiMessage[],
  own: (stored: ApiMessage) => Message | undefined,
  write: (said: Said) => readonly Message[],
): readonly Message[] {
  const all: Message[] = [];
  const ids = new MadeIds();
  /** Results of tools in a row, and what the user says behind them: OpenAI has a message for each, the others one for all. */
  let results: Piece[] = [];
  const writeResults = (): void => {
    if (results.length > 0) for (const message of write({ role: 'user', pieces: results })) all.push(message);
    results = [];
  };
  for (const stored of messages) {
    const message = own(stored);
    if (message !== undefined) {
      writeResults();
      all.push(message);
      continue;
    }
    const said = read(stored, ids);
    if (isToolMessage(stored) || (said.role === 'user' && results.length > 0)) {
      for (const piece of said.pieces) results.push(piece);
      if (!isToolMessage(stored)) writeResults();
    } else {
      writeResults();
      for (const message of write(said)) all.push(message);
    }
  }
  writeResults();
  return all;
}

function isToolMessage({ api, message: { role } }: ApiMessage): boolean {
  return api === 'openai' && (role === 'tool' || role === 'function');
}

function read(stored: ApiMessage, ids: MadeIds): Said {
  switch (stored.api) {
    case 'openai':
      return readOpenai(stored.message, ids);
    case 'converse':
      return readConverse(stored.message);
    case 'anthropic':
      return readAnthropic(stored.message);
  }
}
