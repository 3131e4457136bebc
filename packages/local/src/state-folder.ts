import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { errorCode, errorText, explainFileError, LaunchFailure } from './launch-failure.ts';
import { processIdentity } from './process-identity.ts';

/** The file that says a folder is a state folder of this launcher, and may be deleted by `--reset`. */
const marker = 'genai-gateway-state';
const lockFile = 'launcher.lock';

/** A process the launcher started, kept so that the next start can end what a killed launcher left behind. */
export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

/**
 * The folder in which everything of one local installation is kept between starts: keys, the
 * database, certificates, logs. One launcher at a time has it.
 */
export class StateFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens the folder, makes it when it is not there, and takes its lock.
   * Throws a {@link LaunchFailure} when the folder is somebody else's, or another launcher has it.
   */
  static open(folder: string): StateFolder {
    const path = resolve(folder);
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const entries = readdirSync(path);
      if (!entries.includes(marker)) {
        if (entries.length > 0) {
          throw new LaunchFailure(`${path} is not a state folder of this launcher, and it is not empty.`, {
            mend: 'Give an empty or a new folder with --state DIR. Nothing was changed or deleted there.',
            exitCode: 2,
          });
        }
        writeFileSync(join(path, marker), 'Local state of the gateway. `npm start -- --reset` deletes this folder.\n');
      }
      const state = new StateFolder(path);
      state.#lock();
      return state;
    } catch (error) {
      if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOTDIR') {
        throw new LaunchFailure(`--state ${folder} is a file, not a folder.`, { exitCode: 2, cause: error });
      }
      throw explainFileError(error, path);
    }
  }

  /** The absolute path of something in the folder. */
  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Deletes everything in the folder but its lock. */
  clear(): void {
    for (const name of readdirSync(this.path)) {
      if (name !== marker && name !== lockFile) rmSync(this.file(name), { recursive: true, force: true });
    }
  }

  /** Gives the lock back. */
  release(): void {
    try {
      if (readLock(this.file(lockFile))?.pid === process.pid) rmSync(this.file(lockFile), { force: true });
    } catch {
      // The folder may have been deleted under us: then there is nothing to give back.
    }
  }

  /** A JSON object kept in the folder, `{}` before it was written. Throws {@link LaunchFailure} when it is broken. */
  readJson(name: string): Record<string, unknown> {
    let text: string;
    try {
      text = readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return {};
      throw explainFileError(error, this.file(name));
    }
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
      throw new Error('it holds no JSON object');
    } catch (error) {
      throw this.corrupt(name, errorText(error), error);
    }
  }

  /** Replaces a JSON object in the folder, whole or not at all, readable by its owner only. */
  writeJson(name: string, value: object): void {
    const temporary = this.file(`${name}.${process.pid}.tmp`);
    try {
      writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
      renameSync(temporary, this.file(name));
    } catch (error) {
      rmSync(temporary, { force: true });
      throw explainFileError(error, this.file(name));
    }
  }

  /** The failure to throw for a broken piece of the state. */
  corrupt(what: string, why: string, cause?: unknown): LaunchFailure {
    return new LaunchFailure(`The state folder is damaged: ${this.file(what)}: ${why}.`, {
      mend:
        'Start once with --reset to begin anew (this deletes the local keys and spend records),\n' +
        'or with --state DIR to use another folder and keep this one.',
      cause,
    });
  }

  /** A secret kept in the folder, made by `make` the first time. */
  secret(name: string, make: () => string): string {
    const secrets = this.readJson('secrets.json');
    const kept = secrets[name];
    if (typeof kept === 'string' && kept !== '') return kept;
    if (kept !== undefined) throw this.corrupt('secrets.json', `"${name}" is not a text`);
    const made = make();
    this.writeJson('secrets.json', { ...secrets, [name]: made });
    return made;
  }

  /** The port a service had last time, if one was kept. */
  port(service: string): number | undefined {
    const port = this.readJson('ports.json')[service];
    return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  }

  keepPort(service: string, port: number): void {
    const ports = this.readJson('ports.json');
    if (ports[service] !== port) this.writeJson('ports.json', { ...ports, [service]: port });
  }

  /** The processes that a launcher recorded here and did not strike off again. */
  recordedProcesses(): RecordedProcess[] {
    const list = this.readJson('processes.json')['processes'];
    return Array.isArray(list) ? list.filter(isRecordedProcess) : [];
  }

  record(entry: RecordedProcess): void {
    this.writeJson('processes.json', { processes: [...this.recordedProcesses(), entry] });
  }

  strikeOff(pid: number): void {
    const processes = this.recordedProcesses().filter((entry) => entry.pid !== pid);
    this.writeJson('processes.json', { processes });
  }

  /** Lets other users pass through the folder, not list it: Postgres runs as another user under root. */
  makeTraversable(): void {
    chmodSync(this.path, 0o711);
  }

  #lock(): void {
    const lock = this.file(lockFile);
    const temporary = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeFileSync(temporary, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
    try {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        try {
          // A link appears with its content or not at all, so nobody ever reads half a lock.
          linkSync(temporary, lock);
          return;
        } catch (error) {
          if (errorCode(error) !== 'EEXIST') throw error;
        }
        const holder = readLock(lock);
        if (holder !== undefined && processIdentity(holder.pid) === holder.identity) {
          throw new LaunchFailure(`Another launcher (pid ${holder.pid}) is using ${this.path}.`, {
            mend: `Stop it with Ctrl-C or \`kill ${holder.pid}\`, or start this one with --state DIR and other ports.`,
          });
        }
        if (existsSync(lock)) rmSync(lock, { force: true });
      }
      throw new Error(`${lock} could not be taken.`);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

function readLock(path: string): { pid: number; identity: string } | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value) || !('identity' in value)) return undefined;
    if (typeof value.pid !== 'number' || typeof value.identity !== 'string') return undefined;
    return { pid: value.pid, identity: value.identity };
  } catch {
    return undefined;
  }
}

function isRecordedProcess(value: unknown): value is RecordedProcess {
  if (typeof value !== 'object' || value === null) return false;
  if (!('name' in value) || !('pid' in value) || !('identity' in value)) return false;
  return typeof value.name === 'string' && typeof value.pid === 'number' && typeof value.identity === 'string';
}
