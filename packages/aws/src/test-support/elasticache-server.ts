import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ElastiCacheServer {
  readonly url: string;
  readonly userId: string;
  /** Each change that was asked for, as its number of passwords. */
  readonly changes: number[];
  /** Answers the next calls with this code of an error. */
  fail(code: string, times: number): void;
  /** As when somebody else is changing the user. */
  beBusyFor(looks: number): void;
  stop(): Promise<void>;
}

export interface ElastiCacheServerOptions {
  readonly userName: string;
  /** Has the cache behind it take these passwords and no others. */
  readonly apply: (userName: string, passwords: readonly string[]) => Promise<void>;
}

/** How often a changed user is `modifying` before the change is done. */
const LOOKS = 2;

/**
 * ElastiCache's users on the wire, for one user: `DescribeUsers` and `ModifyUser` of its query protocol. A change is done
 * some looks later.
 */
export async function startElastiCacheServer({
  userName,
  apply,
}: ElastiCacheServerOptions): Promise<ElastiCacheServer> {
  const userId = `id-of-${userName}`;
  const changes: number[] = [];
  let failures: { code: string; left: number } = { code: '', left: 0 };
  let looks = 0;
  let pending: readonly string[] = [];

  const user = (): string =>
    `<UserId>${userId}</UserId><UserName>${userName}</UserName><Engine>valkey</Engine>` +
    `<Status>${looks > 0 ? 'modifying' : 'active'}</Status>`;
  const answer = async (form: URLSearchParams, response: ServerResponse): Promise<void> => {
    const action = form.get('Action') ?? '';
    if (failures.left > 0) {
      failures = { ...failures, left: failures.left - 1 };
      return refuse(response, failures.code);
    }
    if (form.get('UserId') !== userId) return refuse(response, 'UserNotFound');
    if (action === 'DescribeUsers') {
      if (looks > 0) looks -= 1;
      if (looks === 0 && pending.length > 0) {
        await apply(userName, pending);
        pending = [];
      }
      return reply(response, action, `<Users><member>${user()}</member></Users>`);
    }
    if (action !== 'ModifyUser') return refuse(response, 'InvalidAction');
    if (looks > 0) return refuse(response, 'InvalidUserState');
    const passwords = [1, 2, 3].flatMap((each) => form.get(`AuthenticationMode.Passwords.member.${each}`) ?? []);
    const isPossible = form.get('AuthenticationMode.Type') === 'password' && [1, 2].includes(passwords.length);
    if (!isPossible || new Set(passwords).size < passwords.length) return refuse(response, 'InvalidParameterValue');
    changes.push(passwords.length);
    pending = passwords;
    looks = LOOKS;
    return reply(response, action, user());
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(new URLSearchParams(Buffer.concat(chunks).toString()), response).catch((error: unknown) =>
        response.destroy(error as Error),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    userId,
    changes,
    fail: (code, times) => {
      failures = { code, left: times };
    },
    beBusyFor: (times) => {
      looks = times;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function reply(response: ServerResponse, action: string, result: string): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<${action}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><${action}Result>${result}</${action}Result></${action}Response>`,
  );
}

function refuse(response: ServerResponse, code: string): void {
  response.writeHead(400, { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  );
}
