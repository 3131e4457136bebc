import { generateKey, manage } from '../../support/litellm.ts';
import { says } from '../../support/prompts.ts';
import { at, type CallOptions, type Failure } from '../../support/reply.ts';
import { uniqueWord } from '../../support/simulator.ts';
import { awsClients, chatClients } from './clients.ts';

/** A user as an administrator makes one, and the key that LiteLLM gives them with it. */
export interface Person {
  readonly userId: string;
  /** For management: LiteLLM lets it call models as well. */
  readonly key: string;
}

/** Makes an internal user. */
export async function newPerson(settings: object = {}): Promise<Person> {
  const userId = `user-${uniqueWord()}`;
  const email = `${userId}@example.com`;
  const made = await manage('/user/new', {
    ...{ user_id: userId, user_email: email, user_role: 'internal_user' },
    ...settings,
  });
  return { userId, key: String(at(made, 'key')) };
}

/** Has this user make a key for themselves, as their scripts do. */
export function ownKey(person: Person, settings: object = {}): Promise<string> {
  return generateKey({ user_id: person.userId, ...settings }, { key: person.key });
}

export async function newTeam(settings: object = {}): Promise<string> {
  return String(at(await manage('/team/new', { team_alias: uniqueWord(), ...settings }), 'team_id'));
}

/** Adds a user to a team. */
export async function joinTeam(team_id: string, { userId }: Person, settings: object = {}): Promise<void> {
  await manage('/team/member_add', { team_id, member: { role: 'user', user_id: userId }, ...settings });
}

/** A way to call a model: a library, a dialect, and who serves it. */
export interface Way {
  readonly name: string;
  readonly plane: 'hot path' | 'LiteLLM';
  readonly dialect: 'chat' | 'converse';
  readonly model: string;
  /** What went wrong; undefined when the model answered. */
  send(options: CallOptions, model?: string): Promise<Failure | undefined>;
}

/** Every library, for a model of the hot path and for one that LiteLLM serves. Empty without LiteLLM. */
export const modelWays: readonly Way[] = (
  [
    ['hot path', 'nova-lite'],
    ['LiteLLM', 'gpt-4o-mini'],
  ] as const
).flatMap(([plane, alias]) => [
  ...chatClients.map(
    (client): Way => ({
      ...{ name: `${client.name}, ${alias}`, plane, dialect: 'chat', model: alias },
      send: async (options, model = alias) =>
        (await client.chat({ model, messages: [{ role: 'user', content: 'Hello.' }] }, options)).failure,
    }),
  ),
  ...awsClients.map(
    (client): Way => ({
      ...{ name: `${client.name}, ${alias}`, plane, dialect: 'converse', model: alias },
      send: async (options, model = alias) =>
        (await client.send('Converse', { modelId: model, ...says('Hello.') }, options)).failure,
    }),
  ),
]);

/** What each way of calling comes to with this key: the status of its refusal, or `works`. */
export function everyWay(
  key: string,
  ways: readonly Way[] = modelWays,
): Promise<(readonly [string, number | string])[]> {
  return Promise.all(
    ways.map(async (way) => {
      const failure = await way.send({ key });
      return [way.name, failure === undefined ? 'works' : (failure.status ?? failure.name)] as const;
    }),
  );
}

/** The same for each of them. */
export function all(
  result: (way: Way) => number | string,
  ways: readonly Way[] = modelWays,
): (readonly [string, number | string])[] {
  return ways.map((way) => [way.name, result(way)]);
}

/** A key that is not, or no longer, one: Bedrock's SDKs are told 403, OpenAI's 401. */
export const unknownKey = ({ dialect }: Way): number => (dialect === 'chat' ? 401 : 403);
/** A model that one may not call: both kinds are told 403. */
export const foreignModel = (): number => 403;
/** A spent budget: OpenAI's own answer on the hot path, LiteLLM's own where it serves; no SDK tries any of them again. */
export const spentBudget = ({ dialect, plane }: Way): number =>
  dialect === 'converse' ? 400 : plane === 'hot path' ? 429 : 422;

/** A change is seen when a key is read again, and spend when LiteLLM has booked it: seconds later. */
export const soon = { timeout: 15_000, interval: 250 };
