import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ErrorCapturingDriverAdapter } from '@prisma/driver-adapter-utils';

/**
 * The class in Prisma's WASM build of its query engine for Postgres, as far as it is used here. Requests,
 * options and answers are JSON text; `trace` is JSON, too. (@prisma/client 5.17.0, runtime/library.d.ts and
 * runtime/query_engine_bg.postgresql.js, read 2026-11-23)
 */
interface WasmQueryEngine {
  connect(trace: string): Promise<void>;
  disconnect(trace: string): Promise<void>;
  query(request: string, trace: string, transaction?: string): Promise<string>;
  startTransaction(options: string, trace: string): Promise<string>;
  commitTransaction(id: string, trace: string): Promise<string>;
  rollbackTransaction(id: string, trace: string): Promise<string>;
}

/** What the engine is made with. The build for drivers in JavaScript knows the JSON protocol only. */
interface WasmEngineConfig {
  readonly datamodel: string;
  readonly configDir: string;
  readonly env: Record<string, string>;
  readonly datasourceOverrides: Record<string, string>;
  readonly ignoreEnvVarErrors: boolean;
  readonly logQueries: boolean;
  readonly logLevel: 'error' | 'off';
  readonly engineProtocol: 'json';
}

type EngineClass = new (
  config: WasmEngineConfig,
  log: (line: string) => void,
  adapter: ErrorCapturingDriverAdapter,
) => WasmQueryEngine;

/** The part of the standard that is used here: TypeScript has its types in the library for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Record<string, object>) => { readonly exports: object };
};

let loaded: EngineClass | undefined;

/**
 * The engine's class from the npm package, loaded once (100 ms): its JavaScript half knows one WASM instance
 * only, so all engines of a process share it, and a panic ends them all.
 */
export function wasmEngineClass(): EngineClass {
  loaded ??= load();
  return loaded;
}

function load(): EngineClass {
  const require = createRequire(import.meta.url);
  const runtime = join(dirname(require.resolve('@prisma/client/package.json')), 'runtime');
  const bindings: unknown = require(join(runtime, 'query_engine_bg.postgresql.js'));
  if (!isBindings(bindings)) throw new Error('@prisma/client has other WASM bindings than those of 5.17.0.');
  const module = new WebAssembly.Module(readFileSync(join(runtime, 'query_engine_bg.postgresql.wasm')));
  const instance = new WebAssembly.Instance(module, { './query_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  return bindings.QueryEngine;
}

interface Bindings {
  readonly QueryEngine: EngineClass;
  readonly __wbg_set_wasm: (exports: object) => void;
}

function isBindings(value: unknown): value is Bindings {
  return typeof value === 'object' && value !== null && 'QueryEngine' in value && '__wbg_set_wasm' in value;
}
