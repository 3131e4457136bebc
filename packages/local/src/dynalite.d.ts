/** As far as it is used here. Source: https://github.com/architect/dynalite, index.js of 4.0.0 (read 2026-11-23). */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** The folder of its LevelDB; undefined: in memory. */
    readonly path?: string;
    /** How long tables are being made, in milliseconds. */
    readonly createTableMs?: number;
  }

  /** A server whose `close` closes the database too. */
  export default function dynalite(options: DynaliteOptions): Server;
}
