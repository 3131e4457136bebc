import { fork } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CredentialSource } from '../credentials.ts';
import { end, type LocalServer, startLocalServer } from './local-process.ts';
import { run, type Tool, toolFolder, versionText } from './tool-folder.ts';

/** Local stores of AWS's take any. */
export const anyCredentials = new CredentialSource(
  async () => ({ accessKeyId: 'local', secretAccessKey: 'local-secret' }),
  Date.now,
);

const dynaliteMain = fileURLToPath(new URL('../../../local/src/dynamodb-server.ts', import.meta.url));

/** The DynamoDB that `npm start` has, in memory. */
export async function startDynalite(): Promise<LocalServer> {
  const child = fork(dynaliteMain, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [message] = (await once(child, 'message')) as [{ readonly port: number }];
  return { endpoint: `http://127.0.0.1:${message.port}`, close: () => end(child) };
}

/** https://central.sonatype.com/artifact/com.amazonaws/DynamoDBLocal (read 2026-11-23). */
const VERSION = '2.6.1';
const MIN_JAVA = 17;
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** SHA-256 of every file, as `sha256sum` writes them. */
const sums = fileURLToPath(new URL('./dynamodb-local.sha256', import.meta.url));

/** AWS's own DynamoDB for one machine, from Maven Central; needs Java and Maven. */
export async function findDynamodbLocal(): Promise<Tool> {
  const java = /version "(\d+)/.exec((await versionText('java', ['-version'])) ?? '')?.[1];
  if (java === undefined || Number(java) < MIN_JAVA) return { missing: `DynamoDB Local needs Java ${MIN_JAVA}` };
  if ((await versionText('mvn', ['-version'])) === undefined) return { missing: 'DynamoDB Local needs Maven' };
  return toolFolder(`dynamodb-local-${VERSION}`, async (folder) => {
    const project = join(folder, 'pom.xml');
    await writeFile(
      project,
      `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>dynamodb</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>${VERSION}</version></dependency></dependencies>
</project>`,
    );
    await run('mvn', ['-q', '-B', '-f', project, COPY, `-DoutputDirectory=${join(folder, 'lib')}`]);
    await checkSums(join(folder, 'lib'));
  });
}

/** In memory. */
export function startDynamodbLocal(folder: string): Promise<LocalServer> {
  const lib = join(folder, 'lib');
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
  return startLocalServer(
    'java',
    (port) => [
      ...[`-Djava.library.path=${lib}`, '-cp', join(lib, '*'), main],
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
    // It writes a file of its own into the folder that it is started in.
    { cwd: folder },
  );
}

async function checkSums(folder: string): Promise<void> {
  const expected = (await readFile(sums, 'utf8')).trimEnd().split('\n');
  const names = (await readdir(folder)).sort();
  const found = await Promise.all(
    names.map(async (name) => `${hash('sha256', await readFile(join(folder, name)), 'hex')}  ${name}`),
  );
  const strange = found.filter((line) => !expected.includes(line));
  if (strange.length > 0 || found.length !== expected.length) {
    throw new Error(`DynamoDB Local is not the one that was checked: ${strange.join(', ') || 'files are lacking'}`);
  }
}
