import { setTimeout as sleep } from 'node:timers/promises';
import { call, type Dialect, dialects, type Outcome } from '../support/call.ts';
import { make } from '../support/make.ts';
import { must, type Report } from '../support/report.ts';
import type { ProofWorld } from '../support/world.ts';

/** Limits hold exactly over two replicas, and over both planes. */
export async function proveLimits(world: ProofWorld, report: Report): Promise<void> {
  await report.prove('limits: rpm 50, 200 parallel calls over two replicas', async () => {
    const key = await world.generateKey({ rpm_limit: 50 });
    const outcomes = await many(200, (index) => call(world.replica(index), hot(key, index)));
    const figures = exactly(50, outcomes);
    const beyond = outcomes.filter(({ viaLitellm }) => viaLitellm).length;
    must(beyond === 0, `${figures}, but ${beyond} answers came from LiteLLM`);
    return figures;
  });

  await report.prove('limits: rpm 50 over both planes, 120 parallel calls', async () => {
    const key = await world.generateKey({ rpm_limit: 50 });
    const outcomes = await many(120, (index) =>
      // Fewer than 50 on the hot path, which is the faster one.
      call(world.replica(index), index % 3 === 0 ? hot(key, index) : beyond(key)),
    );
    const planes = [false, true].map((plane) => passed(outcomes.filter(({ viaLitellm }) => viaLitellm === plane)));
    must(
      planes.every((count) => count > 0),
      `only one plane let calls through: ${planes}`,
    );
    return `${exactly(50, outcomes)}, ${planes[0]} of them on the hot path and ${planes[1]} through LiteLLM`;
  });

  await report.prove('limits: rpm 10 of a team, a user and a model each, 60 parallel calls', async () => {
    const team_id = await make.team(world, { rpm_limit: 10 });
    const user_id = await make.user(world, { rpm_limit: 10 });
    const holders = {
      team: [await world.generateKey({ team_id }), await world.generateKey({ team_id })],
      user: [await world.generateKey({ user_id }), await world.generateKey({ user_id })],
      model: [await world.generateKey({ model_rpm_limit: { 'nova-lite': 10 } })],
    };
    const figures: string[] = [];
    for (const [holder, keys] of Object.entries(holders)) {
      const outcomes = await many(60, (index) =>
        call(world.replica(index), hot(keys[Math.floor(index / 2) % keys.length] ?? '', index)),
      );
      figures.push(`${holder}: ${exactly(10, outcomes)}`);
    }
    return figures.join('; ');
  });

  await report.prove('limits: three calls open at once, on both planes', async () => {
    const key = await world.generateKey({ max_parallel_requests: 3 });
    const word = `parallel-${Date.now()}`;
    let most = 0;
    const watching = setInterval(() => {
      const open = [...world.bedrock.requests(), ...world.openai.requests()].filter(
        ({ bodyText, finished, aborted }) => bodyText.includes(word) && !finished && !aborted,
      );
      most = Math.max(most, open.length);
    }, 5);
    const text = `${word} [[sim firstByteMs=150]]`;
    const insist = async (index: number) => {
      const calling = index % 6 === 5 ? { ...beyond(key), text } : { ...hot(key, index), text };
      for (let attempt = 1; ; attempt += 1) {
        const { status, text: said } = await call(world.replica(index), calling);
        if (status === 200) return attempt;
        must(status === 429, `a call was answered ${status}: ${said}`);
        must(attempt < 2_000, 'a call never found a place');
        await sleep(20 + Math.random() * 80);
      }
    };
    const attempts = await many(36, insist).finally(() => clearInterval(watching));
    must(most <= 3, `${most} calls were open at once`);
    must(most === 3, `never more than ${most} calls were open at once`);
    const refused = attempts.reduce((sum, each) => sum + each - 1, 0);
    return `never more than ${most} open, all 36 got through, ${refused} refused before`;
  });

  await report.prove('limits: tokens per minute over two replicas', async () => {
    const limit = 2_000;
    const key = await world.generateKey({ tpm_limit: limit });
    const calling = { ...hot(key, 0), text: 'word '.repeat(40), maxTokens: 50 };
    const outcomes = await many(60, (index) => call(world.replica(index), { ...calling, dialect: dialect(index) }));
    for (let refused = 0; refused < 5; ) {
      const outcome = await call(world.replica(outcomes.length), calling);
      outcomes.push(outcome);
      if (outcome.status !== 200) refused += 1;
    }
    const tokens = outcomes.map(({ usage }) => (usage === undefined ? 0 : usage.input + usage.output));
    const [used, one] = [tokens.reduce((sum, each) => sum + each, 0), Math.max(...tokens)];
    must(
      outcomes.every(({ status }) => status === 200 || status === 429),
      statuses(outcomes),
    );
    must(used <= limit + one, `${used} tokens were used of ${limit}`);
    must(used > limit / 2, `only ${used} tokens of ${limit} could be used`);
    return `${used} of ${limit} tokens used, by ${passed(outcomes)} calls of ${one}`;
  });
}

const dialect = (index: number): Dialect => dialects[Math.floor(index / 2) % dialects.length] ?? 'chat';
const hot = (key: string, index: number) => ({ key, model: 'nova-lite', text: 'Hello.', dialect: dialect(index) });
const beyond = (key: string) => ({ key, model: 'gpt-4o-mini', text: 'Hello.', dialect: 'chat' as const });
const passed = (outcomes: readonly Outcome[]) => outcomes.filter(({ status }) => status === 200).length;

/** Runs so many at once. */
function many<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** So many passed, and each other call was refused for its rate and told when to come again. */
function exactly(limit: number, outcomes: readonly Outcome[]): string {
  must(passed(outcomes) === limit, `${passed(outcomes)} passed, not ${limit}: ${statuses(outcomes)}`);
  for (const { status, headers, text } of outcomes) {
    if (status === 200) continue;
    must(status === 429, `a call was answered ${status}: ${text.slice(0, 300)}`);
    const wait = Number(headers.get('retry-after') ?? Number.NaN);
    must(wait >= 0 && wait <= 60, `a refusal says retry-after ${headers.get('retry-after')}`);
  }
  return `exactly ${limit} of ${outcomes.length} passed`;
}

function statuses(outcomes: readonly Outcome[]): string {
  const counts = new Map<number, number>();
  for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}
