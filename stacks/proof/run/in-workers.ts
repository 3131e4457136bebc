import { Worker } from 'node:worker_threads';

/**
 * Gives items to a number of workers, one at a time each, and yields what comes back as it comes. A worker answers each
 * message with one message. Rejects when a worker does.
 */
export async function* inWorkers<Item, Answer>(
  script: URL,
  items: readonly Item[],
  { workers: count, data }: { readonly workers: number; readonly data: unknown },
): AsyncGenerator<Answer> {
  const waiting = [...items];
  const answers: Answer[] = [];
  let open = items.length;
  let wake = () => {};
  let failure: Error | undefined;
  const workers = Array.from({ length: Math.min(count, items.length) }, () => {
    const worker = new Worker(script, { workerData: data });
    const next = () => {
      const item = waiting.shift();
      if (item !== undefined) worker.postMessage(item);
    };
    worker.on('message', (answer: Answer) => {
      answers.push(answer);
      wake();
      next();
    });
    worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
      wake();
    });
    next();
    return worker;
  });
  try {
    while (open > 0) {
      if (failure !== undefined) throw failure;
      const answer = answers.shift();
      if (answer === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      open -= 1;
      yield answer;
    }
  } finally {
    await Promise.all(workers.map((each) => each.terminate()));
  }
}
