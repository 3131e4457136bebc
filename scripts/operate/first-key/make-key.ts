import { type CallAnswer, type CallOptions, call } from '../shared/call.ts';
import { OperatorFailure } from '../shared/command.ts';

export interface KeyRequest {
  readonly alias: string;
  readonly maxBudgetUsd: number | undefined;
  /** In LiteLLM's words, such as `30d`. */
  readonly duration: string | undefined;
}

/** Has LiteLLM make a virtual key, through the gateway. Rejects with OperatorFailure; the master key is in none. */
export async function makeKey(
  url: string,
  masterKey: string,
  { alias, maxBudgetUsd, duration }: KeyRequest,
  connection: CallOptions,
): Promise<string> {
  const body = { key_alias: alias, max_budget: maxBudgetUsd, duration };
  const answer = await call(`${url}/key/generate`, { ...connection, method: 'POST', bearer: masterKey, body });
  const key = (answer.json as { key?: unknown } | undefined)?.key;
  if (answer.status === 200 && typeof key === 'string') return key;
  throw refusal(url, alias, answer);
}

function refusal(url: string, alias: string, answer: CallAnswer): OperatorFailure {
  const said = errorText(answer);
  if (answer.status === 401) {
    return new OperatorFailure(
      `${url} does not take this master key.`,
      'check that URL and master key are of one deployment',
    );
  }
  if (answer.status === 403) {
    return new OperatorFailure(
      `${url} answered 403: ${said}`,
      'call the address that clients call: the load balancer takes nothing that has not come through CloudFront, and a web ACL may hold you back',
    );
  }
  if (answer.status === 503) {
    return new OperatorFailure(
      `LiteLLM is not ready yet: ${said}`,
      'try again in a minute; its log group says what it waits for',
    );
  }
  if (/already exists|unique/i.test(said)) {
    return new OperatorFailure(
      `There is a key called ${alias} already, and its value cannot be read again.`,
      'give the new one another name with --alias, or delete the old one in the Admin UI',
    );
  }
  return new OperatorFailure(
    `${url}/key/generate answered ${answer.status}: ${said}`,
    'look into the log of the gateway',
  );
}

function errorText({ json, text }: CallAnswer): string {
  const error = (json as { error?: { message?: unknown } } | undefined)?.error;
  return (typeof error?.message === 'string' ? error.message : text).slice(0, 500);
}

/** Names of models that the key may call, in the gateway's order. */
export async function listModels(url: string, key: string, connection: CallOptions): Promise<string[]> {
  const { json } = await call(`${url}/v1/models`, { ...connection, bearer: key });
  const data = (json as { data?: readonly { id?: unknown }[] } | undefined)?.data ?? [];
  return data.flatMap(({ id }) => (typeof id === 'string' ? id : []));
}

/** One that chats, for a first request: by its name, because a list of models does not tell. */
export function chatModel(models: readonly string[]): string {
  const usual = [/claude.*sonnet/, /claude/, /nova-(lite|pro|micro)/, /gpt/];
  for (const pattern of usual) {
    const found = models.find((each) => pattern.test(each) && !each.includes('*'));
    if (found !== undefined) return found;
  }
  return models.find((each) => !/embed|image|rerank|tts|whisper|\*/.test(each)) ?? 'MODEL';
}
