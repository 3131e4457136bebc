import { parseScript, ScriptError } from '../script/script-parser.ts';
import type { ScriptQueue } from '../script/script-queue.ts';
import type { RequestLog } from './request-log.ts';

export interface ControlAnswer {
  readonly status: number;
  readonly body: string;
}

/** True for what is meant for the simulator itself and needs no signature. */
export function isControl(target: string): boolean {
  return target.startsWith('/_simulator/');
}

/** Scripts and the request log over HTTP, for tests in other processes and for people with curl. */
export function answerControl(
  request: { readonly method: string; readonly target: string; readonly body: string },
  scripts: ScriptQueue,
  log: RequestLog,
): ControlAnswer {
  switch (`${request.method} ${request.target}`) {
    case 'POST /_simulator/script':
      return addScript(request.body, scripts);
    case 'GET /_simulator/script':
      return json(200, scripts.pending());
    case 'DELETE /_simulator/script':
      scripts.clear();
      return { status: 204, body: '' };
    case 'GET /_simulator/requests':
      return json(200, log.list());
    case 'DELETE /_simulator/requests':
      log.clear();
      return { status: 204, body: '' };
    default:
      return json(404, {
        message: 'The simulator knows POST, GET and DELETE /_simulator/script, GET and DELETE /_simulator/requests.',
      });
  }
}

function addScript(body: string, scripts: ScriptQueue): ControlAnswer {
  try {
    scripts.add(parseScript(JSON.parse(body)));
  } catch (error) {
    if (error instanceof SyntaxError) return json(400, { message: 'script is not JSON' });
    if (error instanceof ScriptError) return json(400, { message: error.message });
    throw error;
  }
  return json(201, { pending: scripts.pending().length });
}

function json(status: number, value: unknown): ControlAnswer {
  return { status, body: JSON.stringify(value) };
}
