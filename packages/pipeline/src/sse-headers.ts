/** The head of an answer that is a stream of server-sent events. Buffering proxies (nginx) would hold the events back; caches must not keep them. */
export function sseHeaders(added: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    ...added,
  };
}
