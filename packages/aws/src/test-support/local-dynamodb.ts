import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CredentialSource } from '../credentials.ts';

/** A DynamoDB on this machine. */
export interface LocalDynamodb {
  readonly endpoint: string;
  close(): Promise<void>;
}

export const anyCredentials = new CredentialSource(
  async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
  Date.now,
);

const dynaliteMain = fileURLToPath(new URL('../../../local/src/dynamodb-server.ts', import.meta.url));

/** The DynamoDB that `npm start` has, in memory. */
export async function startDynalite(): Promise<LocalDynamodb> {
  const child = fork(dynaliteMain, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    endpoint: `http://127.0.0.1:${message.port}`,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
