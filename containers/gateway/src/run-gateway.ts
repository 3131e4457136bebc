import { ConfigError, readGatewayConfig, withSecretFiles } from '@genai-gateway/config';
import { GatewayError } from '@genai-gateway/core';
import { corsFor } from '@genai-gateway/dialects';
import { createLogger, errorText } from '@genai-gateway/telemetry';
import { logCall } from './call-log.ts';
import { compose } from './compose.ts';
import { Gateway } from './gateway.ts';
import { logLoad } from './load-log.ts';
import { type Listeners, listenCleartext, listenTls, type RunningServer } from './servers.ts';
import { tlsMaterial } from './tls-material.ts';

/** What may stand in front of the gateway in its own process. */
export interface RunGatewayOptions {
  /** Gets the gateway, and gives what the servers hand their requests to. */
  readonly front?: (gateway: Listeners) => Listeners;
}

/** Runs the data plane from the environment, and drains it on SIGTERM or SIGINT. Ends the process with 1 when it cannot start. */
export function runGateway(options: RunGatewayOptions = {}): void {
  start(options).catch((error: unknown) => {
    const { code, port } = error as { code?: string; port?: number };
    const text =
      code === 'EADDRINUSE'
        ? `Port ${port} is in use. Set GATEWAY_PORT or GATEWAY_TLS_PORT to another one.`
        : error instanceof ConfigError
          ? error.message
          : `The gateway could not start: ${errorText(error)}`;
    process.stderr.write(`${text}\n`, () => process.exit(1));
  });
}

async function start({ front = (gateway) => gateway }: RunGatewayOptions): Promise<void> {
  const env = withSecretFiles(process.env);
  const config = readGatewayConfig(env);
  const cors = corsFor(config.CORS_ALLOWED_ORIGINS);
  const { logger, writeLine, close: closeLog, writeRestNow } = createLogger(config.LOG_LEVEL);
  const stopped = new AbortController();
  const { services, litellm, bookingsWaiting, requestLog, whenReady, close } = await compose(config, env, logger);
  const gateway = new Gateway({
    services,
    webSocketLitellm: litellm,
    litellmPlane: () => litellm?.watch.state().kind ?? 'off',
    openProviderRoutes: config.LITELLM_OPEN_PROVIDER_ROUTES,
    onSettled: (settled) => {
      logCall(writeLine, settled, services.now());
      requestLog?.add(settled);
    },
    maxInFlight: config.GATEWAY_MAX_IN_FLIGHT,
    cors,
  });

  const limits = { keepAliveTimeoutMs: config.GATEWAY_KEEP_ALIVE_TIMEOUT_MS };
  const listeners = front(gateway);
  const servers: RunningServer[] = [await listenCleartext(listeners, config.GATEWAY_HOST, config.GATEWAY_PORT, limits)];
  const tlsPort = config.GATEWAY_TLS_PORT;
  const material = tlsPort === undefined ? undefined : tlsMaterial(config, services.now());
  if (tlsPort !== undefined && material !== undefined) {
    servers.push(await listenTls(listeners, config.GATEWAY_HOST, tlsPort, material, limits));
  }
  const [cleartext, tls] = servers;
  logger.info({ httpPort: cleartext?.port, tlsPort: tls?.port }, 'listening');
  // Started by the local launcher, which wants to know the ports, and whose death must end this process too.
  process.send?.({ type: 'listening', httpPort: cleartext?.port, tlsPort: tls?.port });
  process.on('disconnect', () => void drain('the launcher is gone'));

  const stopLoadLog = logLoad(logger, config.GATEWAY_LOAD_LOG_MS, () => ({
    inFlight: gateway.inFlight,
    openStreams: gateway.openStreams,
    bookingsWaiting: bookingsWaiting(),
    ...requestLog?.load(),
  }));

  void whenReady(stopped.signal).then(() => {
    gateway.state.ready = !stopped.signal.aborted;
    if (gateway.state.ready) logger.info('ready');
  });

  const drain = async (why: string): Promise<void> => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    logger.info({ why, inFlight: gateway.inFlight }, 'draining');
    gateway.state.draining = true;
    await sleep(config.GATEWAY_DRAIN_DELAY_MS);
    for (const server of servers) server.stopAccepting();
    const deadlineMs = services.now() + config.GATEWAY_DRAIN_TIMEOUT_MS;
    while (gateway.inFlight > 0 && services.now() < deadlineMs) await sleep(50);
    if (gateway.inFlight > 0) {
      logger.warn({ inFlight: gateway.inFlight }, 'the drain has run out of time: open calls get an error');
      gateway.abortAll(new GatewayError('shutting-down', 'The gateway is being replaced. Send the request again.'));
      await sleep(200);
    }
    for (const server of servers) server.destroy();
    stopLoadLog();
    await close();
    logger.info('stopped');
    await closeLog();
    process.exit(0);
  };
  process.on('SIGTERM', () => void drain('SIGTERM'));
  process.on('SIGINT', () => void drain('SIGINT'));
  process.on('uncaughtException', (error) => {
    logger.fatal({ error: errorText(error), stack: error.stack }, 'uncaught');
    writeRestNow();
    process.exit(1);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
