import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type CredentialSource, S3Objects } from '@genai-gateway/aws';
import type { GatewayConfig } from '@genai-gateway/config';
import { type Clock, FolderObjects } from '@genai-gateway/core';
import { processMark, runsHere } from '@genai-gateway/litellm';
import { type LoggedCall, RequestLogSpool, RequestLogWriter, requestLogLine } from '@genai-gateway/request-logs';
import type { Logger } from '@genai-gateway/telemetry';
import type { Settled } from './gateway.ts';
import { isLogged, requestLogCall } from './request-log-call.ts';

/** The request log of this process. */
export interface ComposedRequestLog {
  /** Takes a call that has ended, if it is one for the log. Never throws and never waits. */
  readonly add: (settled: Settled) => void;
  readonly load: () => { readonly requestLogsWaiting: number; readonly requestLogsDropped: number };
  /** Writes what waits, as long as that may take. */
  readonly close: () => Promise<void>;
}

/** As long as bookings have at the end; both are written at the same time. */
const LAST_FLUSH_MS = 10_000;
/** What a call holds in memory until its line is made, and about what its line has, bytes. */
const CALL_BYTES = 4_000;

/** Undefined: no request log is configured. */
export function composeRequestLog(
  config: GatewayConfig,
  credentials: CredentialSource,
  now: Clock,
  logger: Logger,
): ComposedRequestLog | undefined {
  const { REQUEST_LOG_BUCKET: bucket, REQUEST_LOG_DIR: folder, GATEWAY_SPOOL_DIR: spoolFolder } = config;
  const s3 =
    bucket === undefined
      ? undefined
      : new S3Objects({ credentials, region: config.AWS_REGION, endpoint: config.S3_ENDPOINT_URL, bucket });
  const objects = s3 ?? (folder === undefined ? undefined : new FolderObjects(folder, noLinks));
  if (objects === undefined) return undefined;
  const writer = new RequestLogWriter<WaitingCall>({
    objects,
    lineOf: ({ call }) => requestLogLine(call),
    weightOf: ({ bytes }) => bytes,
    instance: `${hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')}-${randomBytes(4).toString('hex')}`,
    now,
    mend:
      bucket === undefined
        ? `The gateway has to be able to write to REQUEST_LOG_DIR, ${folder}.`
        : `The gateway's role needs s3:PutObject on ${bucket}/gateway/* (REQUEST_LOG_BUCKET), and kms:GenerateDataKey on the bucket's key.`,
    reports: {
      info: (message) => logger.info(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    },
    spool:
      spoolFolder === undefined
        ? undefined
        : new RequestLogSpool({ folder: spoolFolder, marks: { own: processMark(), runs: runsHere } }),
  });
  return {
    add: (settled) => {
      if (!isLogged(settled)) return;
      const call = waitingCall(settled, now());
      if (settled.record.content === undefined) writer.add(call);
      else writer.addLater(call);
    },
    load: () => ({ requestLogsWaiting: writer.waiting, requestLogsDropped: writer.dropped }),
    close: async () => {
      await writer.close(AbortSignal.timeout(LAST_FLUSH_MS));
      s3?.close();
    },
  };
}

interface WaitingCall {
  readonly call: LoggedCall;
  readonly bytes: number;
}

/** Only what its line is made of: the record holds the whole call, with its request and its answer. */
function waitingCall(settled: Settled, endedAtMs: number): WaitingCall {
  const { record, bytesSent } = settled;
  const said = record.content === undefined ? 0 : 2 * ((record.requestBytes ?? 0) + bytesSent);
  return { call: requestLogCall({ settled, endedAtMs }), bytes: CALL_BYTES + said };
}

async function noLinks(): Promise<never> {
  throw new Error('Nobody serves objects of the request log.');
}
