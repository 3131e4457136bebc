import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServer, startLocalServer } from './local-process.ts';
import { run, type Tool, toolFolder, versionText } from './tool-folder.ts';

/** Its modules are checked against Go's checksum database. https://pkg.go.dev/github.com/versity/versitygw (read 2026-11-23). */
const VERSION = '1.8.0';

export const bucket = 'turns';

/** An S3 on a folder, with S3's own rules for signatures and checksums; needs Go, which builds it for a minute or two. */
export async function findVersitygw(): Promise<Tool> {
  if ((await versionText('go', ['version'])) === undefined) return { missing: 'versitygw needs Go' };
  return toolFolder(`versitygw-${VERSION}`, async (folder) => {
    const env = { ...process.env, GOBIN: folder };
    await run('go', ['install', `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`], { env });
  });
}

/** With one bucket, empty. */
export async function startVersitygw(folder: string): Promise<LocalServer> {
  const data = await mkdtemp(join(tmpdir(), 'versitygw-'));
  const [objects, metadata] = [join(data, 'objects'), join(data, 'metadata')];
  await mkdir(join(objects, bucket), { recursive: true });
  await mkdir(metadata);
  const server = await startLocalServer(
    join(folder, 'versitygw'),
    (port) => ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', '--sidecar', metadata, objects],
    { env: { ROOT_ACCESS_KEY_ID: 'local', ROOT_SECRET_ACCESS_KEY: 'local-secret' } },
  );
  return {
    ...server,
    async close() {
      await server.close();
      await rm(data, { recursive: true });
    },
  };
}
