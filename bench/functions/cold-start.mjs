// One start of a function as Lambda makes one: a new process loads the bundle and answers one event. Tells its parent.
const { bundle, event } = JSON.parse(process.env.BENCH_START);
const startedAt = performance.timeOrigin;
const { handler } = await import(bundle);
const loadedMs = performance.timeOrigin + performance.now() - startedAt;
const outcome = await handler(event, { awsRequestId: 'bench', getRemainingTimeInMillis: () => 29_000 }).then(
  (answer) => ({ statusCode: answer?.statusCode }),
  (error) => ({ error: String(error) }),
);
const answeredMs = performance.now();
const { user, system } = process.cpuUsage();
process.send({
  loadedMs,
  answeredMs,
  cpuMs: (user + system) / 1_000,
  rssMb: process.memoryUsage.rss() / 2 ** 20,
  outcome,
});
process.disconnect();
setTimeout(() => process.exit(), 10);
