/**
 * Asks the gateway in the same container whether it is ready, for a platform that runs programs in place of asking over the
 * network. Exit code 0: it is; 1: it is not, or it does not answer.
 */
const TIMEOUT_MS = 4_000;

const port = process.env['GATEWAY_PORT'] || '3000';
try {
  const reply = await fetch(`http://127.0.0.1:${port}/health/readiness`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  process.exitCode = reply.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
