import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Asked,
  chatHistoryStage,
  masterKey,
  ownerNamed,
  ownerOfKey,
  sha256,
  standInLambda,
} from './test-support/stage.ts';

const stage = chatHistoryStage();
const { ask, addKey, addUser, append, audited } = stage;
const { owner, other, admin, viewer } = {
  owner: 'sk-owner',
  other: 'sk-other',
  admin: 'sk-admin',
  viewer: 'sk-viewer',
};
const ofOwner = `key=${sha256(owner)}`;
let count = 0;
let id = '';

/** Takes tasks, and does none of them. */
let lambda: Awaited<ReturnType<typeof standInLambda>>;
const settings = (env: Readonly<Record<string, string>> = {}): void =>
  stage.settings({ AWS_LAMBDA_FUNCTION_NAME: 'chat-history', LAMBDA_ENDPOINT_URL: lambda.url, ...env });

beforeAll(async () => {
  lambda = await standInLambda();
});
afterAll(() => lambda.close());
beforeEach(async () => {
  settings();
  count += 1;
  id = `session-${count}`;
  await addUser('root', 'proxy_admin');
  await addUser('auditor', 'proxy_admin_viewer');
  await addUser('ann', 'internal_user');
  await addKey(owner, { user_id: 'ann' });
  await addKey(other, { user_id: 'ann' });
  await addKey(admin, { user_id: 'root' });
  await addKey(viewer, { user_id: 'auditor' });
  await addKey('sk-blocked', { blocked: true });
  await append(ownerOfKey(owner), id);
});

/** Every operation on one session or on all, by its name. */
const operations: Readonly<Record<string, (query: string) => Asked>> = {
  list: (query) => ({ target: `/v1/sessions?limit=100${query}` }),
  search: (query) => ({ target: `/v1/sessions?q=fine${query}` }),
  read: (query) => ({ target: `/v1/sessions/${id}?${query}` }),
  turns: (query) => ({ target: `/v1/sessions/${id}/turns?limit=5${query}` }),
  rename: (query) => ({ method: 'PATCH', target: `/v1/sessions/${id}?${query}`, body: { title: 'New' } }),
  'rename by POST': (query) => ({ method: 'POST', target: `/v1/sessions/${id}?${query}`, body: { title: 'New' } }),
  export: (query) => ({ method: 'POST', target: `/v1/sessions/export?${query}`, body: {} }),
  'read export': (query) => ({ target: `/v1/sessions/exports/4ba2c2ad-2ab6-4be9-9c64-2ac9ac6c1d0f?${query}` }),
  'read deletion': (query) => ({ target: `/v1/sessions/deletions/4ba2c2ad-2ab6-4be9-9c64-2ac9ac6c1d0f?${query}` }),
  delete: (query) => ({ method: 'DELETE', target: `/v1/sessions/${id}?${query}` }),
  'delete all': (query) => ({ method: 'DELETE', target: `/v1/sessions?all=true${query}` }),
};
const reading = ['list', 'search', 'read', 'turns', 'read export', 'read deletion'];

async function statusOf(name: string, key: string, query = ''): Promise<number> {
  const operation = operations[name];
  if (operation === undefined) throw new Error(name);
  return (await ask({ ...operation(query), key })).status;
}
/** What an operation answers where it is allowed. */
const allowed = (name: string): number => {
  if (name.startsWith('read ')) return 404;
  return name === 'export' || name === 'delete all' ? 202 : 200;
};

describe.each(Object.keys(operations))('%s', (name) => {
  const isOfOne = ['read', 'turns', 'rename', 'rename by POST', 'delete'].includes(name);

  it('is for its owner', async () => {
    expect(await statusOf(name, owner)).toBe(allowed(name));
    expect(await audited()).toEqual([]);
  });

  it('of the session of another key finds none', async () => {
    for (const key of [other, admin, viewer, masterKey]) {
      expect([key, await statusOf(name, key)]).toEqual([key, isOfOne ? 404 : allowed(name)]);
    }
    expect(
      await stage.store().find({ owner: ownerOfKey(owner), sessionId: id }, AbortSignal.timeout(20_000)),
    ).toBeDefined();
    expect(await audited()).toEqual([]);
  });

  it('is for nobody without a key that holds', async () => {
    for (const key of ['', 'sk-unknown', 'sk-blocked', 'nonsense']) {
      expect(await statusOf(name, key)).toBeOneOf([401, 403]);
    }
  });

  it('by choice of an owner is for administrators alone, and viewers may read', async () => {
    for (const query of [`&${ofOwner}`, '&user_id=ann', '&team_id=x', '&owner=x', '&login=']) {
      expect([query, await statusOf(name, other, query)]).toEqual([query, 403]);
    }
    expect(await statusOf(name, owner, `&${ofOwner}`)).toBe(403);
    expect(await audited()).toEqual([]);
    expect(await statusOf(name, viewer, `&${ofOwner}`)).toBe(reading.includes(name) ? allowed(name) : 403);
    expect(await audited()).toHaveLength(reading.includes(name) ? 1 : 0);
  });

  it.each([
    ['an administrator', admin, 'root'],
    ['the master key', masterKey, 'master'],
  ])('by choice of an owner is for %s, and stands in the audit log', async (_who, key, actor) => {
    expect(await statusOf(name, key, `&${ofOwner}`)).toBe(allowed(name));
    const action = { 'delete all': 'deleted', delete: 'deleted', export: 'exported' }[name] ?? 'read';
    expect(await audited()).toMatchObject([
      {
        action: name.startsWith('rename') ? 'updated' : action,
        changed_by: actor,
        object_id: isOfOne ? id : expect.stringMatching(/^(?:owner:[0-9a-f]{64}|4ba2c2ad-.*)$/),
        updated_values: { chosen_by: 'key', owner: ownerOfKey(owner), chosen: { keyHash: sha256(owner) } },
      },
    ]);
  });

  it('by choice of an owner does nothing where it cannot be written into the audit log', async () => {
    const rename = '"LiteLLM_AuditLog" RENAME TO "Elsewhere"';
    const undo = '"Elsewhere" RENAME TO "LiteLLM_AuditLog"';
    await stage.database.whileAltered(rename, undo, async () => {
      stage.relay().calls();
      expect(await statusOf(name, admin, `&${ofOwner}`)).toBe(503);
      expect(stage.relay().calls()).toEqual([]);
    });
  });
});

describe('whose sessions are chosen', () => {
  const listed = async (key: string, query: string): Promise<unknown> => {
    const { status, json } = await ask({ key, target: `/v1/sessions?${query}` });
    return status === 200 ? (json as { data: { id: string }[] }).data.map((each) => each.id) : status;
  };
  const seen = (key: string, query: string, expected: unknown) =>
    expect.poll(() => listed(key, query), { timeout: 20_000 }).toEqual(expected);

  it('by login or owner', async () => {
    const login = ownerNamed(`login:${JSON.stringify(['https://login.example.com', 'ann|1'])}`);
    await append(login, `${id}-login`);
    await seen(admin, `login=${encodeURIComponent('https://login.example.com|ann|1')}`, [`${id}-login`]);
    await seen(admin, `owner=${login}`, [`${id}-login`]);
  });

  it('by user, and by key as that user’s, where users share them', async () => {
    settings({ HISTORY_OWNER: 'user' });
    await append(ownerNamed('user:ann'), `${id}-shared`);
    const expected = expect.arrayContaining([`${id}-shared`]);
    await seen(owner, '', expected);
    await seen(other, '', expected);
    await seen(admin, 'user_id=ann', expected);
    await seen(admin, `key=${sha256(other)}`, expected);
    await addKey('sk-nobodys');
    await append(ownerOfKey('sk-nobodys'), `${id}-nobodys`);
    await seen(admin, `key=${sha256('sk-nobodys')}`, [`${id}-nobodys`]);
    expect(await listed(admin, `key=${sha256('sk-gone')}`)).toBe(400);
    expect(await listed(admin, 'team_id=x')).toBe(400);
    expect(await listed(admin, 'login=a%7Cb')).toBe(400);
  });

  it('by team, where teams share them', async () => {
    settings({ HISTORY_OWNER: 'team' });
    await stage.database.insert('LiteLLM_TeamTable', { team_id: `team-${count}` });
    await addKey('sk-member', { team_id: `team-${count}` });
    await append(ownerNamed(`team:team-${count}`), `${id}-team`);
    await seen('sk-member', '', [`${id}-team`]);
    await seen(admin, `team_id=team-${count}`, [`${id}-team`]);
    await seen(admin, `key=${sha256('sk-member')}`, [`${id}-team`]);
    expect(await listed(other, `team_id=team-${count}`)).toBe(403);
  });

  it.each([
    'user_id=ann',
    'team_id=x',
    'key=sk-owner',
    'key=',
    'owner=x',
    'login=x',
    'login=%7Cx',
    `${ofOwner}&owner=${'0'.repeat(64)}`,
    `key=${'x'.repeat(501)}`,
  ])('is refused for %s, and not written down', async (query) => {
    expect(await listed(admin, query)).toBe(400);
    expect(await audited()).toEqual([]);
  });
});
