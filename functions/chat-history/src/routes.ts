import { GatewayError } from '@genai-gateway/core';
import {
  askForJob,
  deleteSession,
  jobJson,
  layDownTurn,
  listSessions,
  listTurns,
  type QueryParameters,
  readJob,
  readSession,
  renameSession,
  type SessionJob,
  SessionJobs,
} from '@genai-gateway/history';
import { type FunctionReply, type FunctionRequest, type FunctionRoute, maxBodyBytes } from '@genai-gateway/lambda';
import { historyOf, sessionWords } from '@genai-gateway/pipeline';
import { ownedBy } from './access.ts';
import type { ChatHistoryServices } from './services.ts';

/** Of a list of turns, what stands around them, and commas. */
const LIST_BYTES = 1_024;

type Route = FunctionRoute<ChatHistoryServices>;
type Handle = Route['handle'];

/** `/v1/sessions` and what is below it. What has a fixed name comes before what names a session. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/v1/sessions', handle: list },
  { method: 'DELETE', path: '/v1/sessions', handle: removeAll },
  { method: 'POST', path: '/v1/sessions/export', handle: exportSessions },
  { method: 'GET', path: '/v1/sessions/{id}/turns', handle: turns },
  { method: 'GET', path: '/v1/sessions/exports/{job}', handle: job('export') },
  { method: 'GET', path: '/v1/sessions/deletions/{job}', handle: job('deletion') },
  { method: 'GET', path: '/v1/sessions/{id}', handle: one },
  { method: 'PATCH', path: '/v1/sessions/{id}', handle: rename },
  // For clients without PATCH.
  { method: 'POST', path: '/v1/sessions/{id}', handle: rename },
  { method: 'DELETE', path: '/v1/sessions/{id}', handle: remove },
];

async function list(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { owner, query } = await ownedBy(request, services, { action: 'read', operation: 'sessions.list' });
  return ok(await listSessions(historyOf(services).store, owner, query, request.signal));
}

async function one(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { store, ref } = await sessionOf(request, services, 'read', 'sessions.read');
  return ok(await readSession(store, ref, request.signal));
}

async function rename(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { store, ref } = await sessionOf(request, services, 'updated', 'sessions.rename');
  return ok(await renameSession(store, ref, request.body, request.signal));
}

async function remove(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { store, ref } = await sessionOf(request, services, 'deleted', 'sessions.delete');
  return ok(await deleteSession(store, services.objects, ref, request.signal));
}

async function turns(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { store, ref, query } = await sessionOf(request, services, 'read', 'sessions.turns');
  const { signal } = request;
  const options = {
    words: sessionWords,
    maxBytes: maxBodyBytes - LIST_BYTES,
    layDown: (...[of, turn, api]: Parameters<Parameters<typeof listTurns>[3]['layDown']>) =>
      layDownTurn(objectsOf(services), of, turn, api, signal),
  };
  return ok(await listTurns(store, ref, query, options, signal));
}

async function exportSessions(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { owner, query } = await ownedBy(request, services, { action: 'exported', operation: 'sessions.export' });
  checkQuery(query, []);
  return begin(request, services, owner, 'export');
}

/** All sessions at once is too much to come by a forgotten id. */
async function removeAll(request: FunctionRequest, services: ChatHistoryServices): Promise<FunctionReply> {
  const { owner, query } = await ownedBy(request, services, { action: 'deleted', operation: 'sessions.delete_all' });
  checkQuery(query, ['all']);
  if (query['all'] !== 'true') {
    throw new GatewayError('invalid-request', "To delete all sessions send 'all=true'; for one name it in the path.", {
      param: 'all',
    });
  }
  return begin(request, services, owner, 'deletion');
}

async function begin(
  request: FunctionRequest,
  services: ChatHistoryServices,
  owner: string,
  kind: SessionJob['kind'],
): Promise<FunctionReply> {
  const { signal } = request;
  const objects = objectsOf(services);
  const asked = await askForJob(objects, { owner, kind }, request.body, services.now, signal);
  try {
    await services.start({ task: kind, owner, id: asked.id }, signal);
  } catch (cause) {
    await withdraw(new SessionJobs(objects), asked, signal);
    throw new GatewayError('history-unavailable', `This ${kind} could not be begun. Try again in a few seconds.`, {
      cause,
      retryAfterSeconds: 5,
    });
  }
  const location = `/v1/sessions/${kind}s/${asked.id}`;
  return { status: 202, headers: { location }, body: jobJson(asked, services.now()) };
}

/** Lambda may have taken it all the same: then it finds that it is over. */
async function withdraw(jobs: SessionJobs, asked: SessionJob, signal: AbortSignal): Promise<void> {
  const found = await jobs.read(asked.owner, asked.id, signal).catch(() => undefined);
  if (found === undefined || found.job.status !== 'queued') return;
  const failed = { ...found.job, status: 'failed' as const, error: 'It could not be begun. Ask for it again.' };
  await jobs.update(failed, found.etag, signal).catch(() => undefined);
}

function job(kind: SessionJob['kind']): Handle {
  return async (request, services) => {
    const id = request.params['job'] ?? '';
    const { owner, query } = await ownedBy(request, services, { action: 'read', operation: `sessions.${kind}`, id });
    checkQuery(query, ['after']);
    const objects = objectsOf(services);
    return ok(await readJob(objects, { owner, kind }, id, query['after'], services.now, request.signal));
  };
}

async function sessionOf(
  request: FunctionRequest,
  services: ChatHistoryServices,
  action: 'read' | 'updated' | 'deleted',
  operation: string,
) {
  const sessionId = request.params['id'] ?? '';
  const { owner, query } = await ownedBy(request, services, { action, operation, id: sessionId });
  return { store: historyOf(services).store, ref: { owner, sessionId }, query };
}

function objectsOf({ objects }: ChatHistoryServices): NonNullable<ChatHistoryServices['objects']> {
  if (objects !== undefined) return objects;
  throw new GatewayError(
    'invalid-request',
    'This needs a place for exports, and this gateway has none. Ask an administrator to set EXPORT_BUCKET.',
  );
}

function checkQuery(query: QueryParameters, known: readonly string[]): void {
  const strange = Object.keys(query).find((name) => !known.includes(name));
  if (strange === undefined) return;
  throw new GatewayError('invalid-request', `There is no parameter ${JSON.stringify(strange.slice(0, 40))} here.`, {
    param: strange,
  });
}

function ok(body: unknown): FunctionReply {
  return { status: 200, body };
}
