import { assemble } from '../../support/converse-stream.ts';
import { boto3, type NativeClient, nativeClients } from '../../support/native-clients.ts';
import { type OpenaiClient, openaiClients } from '../../support/openai-clients.ts';
import { says } from '../../support/prompts.ts';
import { isWithout } from '../../support/providers.ts';
import { at, type CallOptions, type Failure, type Reply } from '../../support/reply.ts';
import { requestOnce } from '../../support/simulator.ts';
import { litellmWorld, world } from '../../support/world.ts';

/** What is said in one turn, and what the gateway is told with it. */
interface Saying {
  /** A model, or a managed prompt. */
  readonly model: string;
  /** Undefined: nothing; a managed prompt speaks alone. */
  readonly text?: string;
  readonly system?: string;
  readonly sessionId?: string;
  readonly enableHistory?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
  readonly variant?: string;
}

interface Heard {
  readonly text: string;
  /** Where this client finds it: a header, a field of the completion, a field of the first chunk. */
  readonly sessionId: unknown;
  readonly failure: Failure | undefined;
  readonly reply: Reply;
}

/** A client in one of its two ways: an answer at once, or a stream. */
export interface Talker {
  readonly name: string;
  readonly streams: boolean;
  say(saying: Saying, options?: CallOptions): Promise<Heard>;
}

/** As the users of the gateway's predecessor have set up boto3, by either of the two events that they hang their key on. */
const boto3s = [
  boto3('boto3 with a before-call hook', 'before-call'),
  boto3('boto3 with a request-created hook', 'request-created'),
];

const both = <Client>(clients: readonly Client[], talker: (client: Client, streams: boolean) => Talker): Talker[] =>
  clients.flatMap((client) => [talker(client, false), talker(client, true)]);

/** The clients of the gateway's predecessor: boto3 unsigned, and OpenAI's library for Python with `extra_body`. */
export const predecessorsTalkers: readonly Talker[] = [
  ...both(
    boto3s.filter((client) => !isWithout(client)),
    byConverse,
  ),
  ...both(
    openaiClients.filter((client) => client.isPython && !isWithout(client)),
    byChat,
  ),
];

/** The same APIs from JavaScript. */
export const talkers: readonly Talker[] = [
  ...both(
    nativeClients.filter((client) => client.name.includes('TLS h2') && !isWithout(client)),
    byConverse,
  ),
  ...both(
    openaiClients.filter((client) => !client.isPython && !isWithout(client)),
    byChat,
  ),
];

function byConverse(client: NativeClient, streams: boolean): Talker {
  return {
    name: `${client.name}, ${streams ? 'converse_stream' : 'converse'}`,
    streams,
    say: async (saying, options) => {
      const { model: modelId, text, system, variables } = saying;
      const additional = gatewayFields(saying);
      const reply = await client.send(
        streams ? 'ConverseStream' : 'Converse',
        {
          modelId,
          ...(text === undefined ? {} : says(text)),
          ...(system === undefined ? {} : { system: [{ text: system }] }),
          ...(variables === undefined ? {} : { promptVariables: promptVariables(variables) }),
          ...(Object.keys(additional).length === 0 ? {} : { additionalModelRequestFields: additional }),
        },
        options,
      );
      const blocks = at(reply.output, 'output', 'message', 'content');
      const whole = Array.isArray(blocks) ? blocks.map((each) => at(each, 'text') ?? '').join('') : '';
      return {
        text: streams ? assemble(reply.events).text : whole,
        sessionId: at(reply.headers, 'x-session-id'),
        failure: reply.failure,
        reply,
      };
    },
  };
}

function byChat(client: OpenaiClient, streams: boolean): Talker {
  return {
    name: `${client.name}, ${streams ? 'streamed' : 'whole'}`,
    streams,
    say: async (saying, options) => {
      const { model, text, system, variables } = saying;
      const fields = {
        ...gatewayFields(saying),
        ...(variables === undefined ? {} : { promptVariables: promptVariables(variables) }),
      };
      const reply = await client.chat(
        {
          model,
          messages: [
            ...(system === undefined ? [] : [{ role: 'system', content: system }]),
            ...(text === undefined ? [] : [{ role: 'user', content: text }]),
          ],
          ...(streams ? { stream: true } : {}),
          // Python's library takes fields of its own making here only; Node's takes them beside the others.
          ...(client.isPython ? { extra_body: fields } : fields),
        },
        options,
      );
      const deltas = (reply.events ?? []).map((chunk) => at(chunk, 'choices', 0, 'delta', 'content') ?? '');
      return {
        text: streams ? deltas.join('') : String(at(reply.output, 'choices', 0, 'message', 'content') ?? ''),
        sessionId: at(streams ? reply.events?.[0] : reply.output, 'session_id'),
        failure: reply.failure,
        reply,
      };
    },
  };
}

function gatewayFields({ sessionId, enableHistory, variant }: Saying): object {
  return {
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    ...(enableHistory === undefined ? {} : { enable_history: enableHistory }),
    ...(variant === undefined ? {} : { promptVariant: variant }),
  };
}

/** Variables of a managed prompt as both APIs take them. */
export function promptVariables(variables: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, { text }]));
}

/** A model of each plane, where one sees what it was told, and fields of its own. */
export const models = [
  {
    kind: 'a model of Bedrock',
    model: 'nova-lite',
    simulator: () => world.simulator,
    ownFields: { inferenceConfig: { topK: 5 } },
  },
  {
    kind: 'a model of another provider',
    model: 'gpt-4o-mini',
    simulator: () => litellmWorld().openai,
    ownFields: { top_k: 5 },
  },
] as const;

/** What reached a provider in the one request with this word, a line per message: `user: Hello.` */
export async function told(word: string, simulator: string): Promise<string[]> {
  return linesOf(await bodyWith(word, simulator));
}

/** The body of the one request to a provider with this word. */
export async function bodyWith(word: string, simulator: string): Promise<unknown> {
  const { bodyText } = await requestOnce(word, ({ status }) => status === 200, { simulator });
  return JSON.parse(bodyText);
}

/** A conversation in the words of any of the three APIs, a line per message. */
export function linesOf(body: unknown): string[] {
  // The Responses API has other names: LiteLLM calls Messages of OpenAI's models by it.
  const system = at(body, 'system') ?? at(body, 'instructions');
  const messages = at(body, 'messages') ?? at(body, 'input');
  const first = system === undefined || textOf(system) === '' ? [] : [`system: ${textOf(system)}`];
  if (!Array.isArray(messages)) throw new Error(`No messages in ${JSON.stringify(body).slice(0, 500)}`);
  return [...first, ...messages.map((message) => `${at(message, 'role')}: ${spoken(message)}`)];
}

function spoken(message: unknown): string {
  const calls = at(message, 'tool_calls');
  const thoughts = at(message, 'thinking_blocks');
  return [
    ...(Array.isArray(thoughts) ? thoughts.map(partText) : []),
    textOf(at(message, 'content')),
    ...(Array.isArray(calls) ? calls.map((call) => `[call ${at(call, 'function', 'name')}]`) : []),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map(partText).join(' ') : '';
}

function partText(part: unknown): string {
  const text = at(part, 'text');
  if (typeof text === 'string') return text;
  const call = at(part, 'toolUse', 'name') ?? (at(part, 'type') === 'tool_use' ? at(part, 'name') : undefined);
  if (call !== undefined) return `[call ${call}]`;
  const result = at(part, 'toolResult', 'content') ?? (at(part, 'type') === 'tool_result' ? at(part, 'content') : '');
  if (result !== '') return `[result ${textOf(result)}]`;
  const thought = at(part, 'reasoningContent', 'reasoningText', 'text') ?? at(part, 'thinking');
  if (thought !== undefined) return `[thought ${thought}]`;
  return `[${String(at(part, 'type') ?? Object.keys(part as object)[0])}]`;
}
