import { setTimeout as sleep } from 'node:timers/promises';
import { type Calling, call, dialects, type Outcome } from '../support/call.ts';
import { make } from '../support/make.ts';
import { must, type Report } from '../support/report.ts';
import { type ProofWorld, type TokenPrice, untilGood } from '../support/world.ts';

/** Whoever has a budget: a key to call with, and where LiteLLM's tables say what was spent. */
interface Holder {
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One row, one column `spend`. */
  readonly spend: readonly [text: string, value: string];
  /** Whether the first call at the budget, or the first above it, is refused: LiteLLM says so differently by scope. */
  readonly refusedWhen: 'reached' | 'exceeded';
}

const holders: Readonly<Record<string, (world: ProofWorld, max_budget: number) => Promise<Holder>>> = {
  async key(world, max_budget) {
    const key = await world.generateKey({ max_budget });
    return { key, spend: [make.spendOfKey, make.hashOf(key)], refusedWhen: 'reached' };
  },
  async user(world, max_budget) {
    const user_id = await make.user(world, { max_budget });
    const spend = ['SELECT spend FROM "LiteLLM_UserTable" WHERE user_id = $1', user_id] as const;
    return { key: await world.generateKey({ user_id }), spend, refusedWhen: 'reached' };
  },
  async team(world, max_budget) {
    const team_id = await make.team(world, { max_budget });
    const spend = ['SELECT spend FROM "LiteLLM_TeamTable" WHERE team_id = $1', team_id] as const;
    return { key: await world.generateKey({ team_id }), spend, refusedWhen: 'exceeded' };
  },
  async 'team member'(world, max_budget) {
    const [team_id, user_id] = [await make.team(world, {}), await make.user(world, {})];
    await world.manage('/team/member_add', {
      ...{ team_id, member: { role: 'user', user_id } },
      max_budget_in_team: max_budget,
    });
    const spend = ['SELECT spend FROM "LiteLLM_TeamMembership" WHERE user_id = $1', user_id] as const;
    return { key: await world.generateKey({ team_id, user_id }), spend, refusedWhen: 'reached' };
  },
  async 'end user'(world, max_budget) {
    const user_id = `customer-${Date.now()}-${Math.random()}`;
    await world.manage('/customer/new', { user_id, max_budget });
    const spend = ['SELECT spend FROM "LiteLLM_EndUserTable" WHERE user_id = $1', user_id] as const;
    const headers = { 'x-litellm-end-user-id': user_id };
    return { key: await world.generateKey(), headers, spend, refusedWhen: 'exceeded' };
  },
};

/** Budgets are overspent by one request at most, whoever has them, and by whatever plane they are spent. */
export async function proveBudgets(world: ProofWorld, report: Report, { short }: { short: boolean }): Promise<void> {
  const prices = { 'nova-lite': await world.price('nova-lite'), 'gpt-4o-mini': await world.price('gpt-4o-mini') };

  for (const [scope, hold] of Object.entries(holders)) {
    const rounds = short ? 1 : 3;
    await report.prove(`budgets: a nearly spent one of a ${scope}, 20 parallel calls over two replicas`, async () => {
      const figures: string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        figures.push(await spendUp(world, await callsOf(world, hold, prices, round, false)));
      }
      return figures.join('; ');
    });
  }

  await report.prove('budgets: one of a key, spent over both planes', async () => {
    const { key: hold } = holders;
    must(hold !== undefined, 'there is no key to hold a budget');
    return spendUp(world, await callsOf(world, hold, prices, 0, true));
  });

  await report.prove('budgets: the first call of a fresh key passes, however much it may cost', async () => {
    for (const [index, dialect] of dialects.entries()) {
      const key = await world.generateKey({ max_budget: 1e-6 });
      const outcome = await call(world.replica(index), { key, model: 'nova-lite', text: 'Hello.', dialect });
      must(outcome.delivered, `${dialect} was answered ${outcome.status}: ${outcome.text.slice(0, 300)}`);
      must(!outcome.viaLitellm, `${dialect} was not served by the hot path`);
    }
    return 'by each dialect, with an estimate a thousand times the budget';
  });

  await report.prove('budgets: one of nothing refuses the first call', async () => {
    for (const [index, dialect] of dialects.entries()) {
      const key = await world.generateKey({ max_budget: 0 });
      const outcome = await call(world.replica(index), { key, model: 'nova-lite', text: 'Hello.', dialect });
      isSpent(outcome);
    }
    return 'by each dialect';
  });
}

interface Spending {
  readonly holder: Holder;
  readonly maxUsd: number;
  readonly callingOf: (index: number) => Calling;
  readonly costOf: (index: number, outcome: Outcome) => number;
}

type Prices = Readonly<Record<'nova-lite' | 'gpt-4o-mini', TokenPrice>>;

async function callsOf(
  world: ProofWorld,
  hold: (world: ProofWorld, maxUsd: number) => Promise<Holder>,
  prices: Prices,
  round: number,
  mixed: boolean,
): Promise<Spending> {
  // 5.5 calls of 50 tokens each way, or so: never a round number of them.
  const words = 'word '.repeat(38 + round * 7);
  const tokens = Math.ceil(words.length / 4);
  const maxUsd = 5.5 * tokens * (prices['nova-lite'].input + prices['nova-lite'].output);
  const holder = await hold(world, maxUsd);
  const model = (index: number) => (mixed && index % 4 === 3 ? 'gpt-4o-mini' : 'nova-lite');
  return {
    ...{ holder, maxUsd },
    callingOf: (index) => ({
      ...{ key: holder.key, model: model(index), text: words },
      ...(holder.headers === undefined ? {} : { headers: holder.headers }),
      // Every other one says how much it may answer; the estimate of the others is larger than the budget.
      ...(index % 2 === 0 ? { maxTokens: tokens } : {}),
      dialect: model(index) === 'nova-lite' ? (dialects[Math.floor(index / 2) % 4] ?? 'chat') : 'chat',
    }),
    costOf: (index, { usage }) => {
      const price = prices[model(index)];
      return usage === undefined ? 0 : usage.input * price.input + usage.output * price.output;
    },
  };
}

/** Twenty at once, then one after the other until it is spent. */
async function spendUp(world: ProofWorld, { holder, maxUsd, callingOf, costOf }: Spending): Promise<string> {
  let spentUsd = 0;
  let dearest = 0;
  const book = (index: number, outcome: Outcome) => {
    if (outcome.status !== 200) {
      const isHeld = outcome.status === 429 || outcome.status === 503;
      if (!isHeld) isSpent(outcome);
      return;
    }
    must(outcome.delivered, `a call was not answered to its end: ${outcome.text}`);
    spentUsd += costOf(index, outcome);
    dearest = Math.max(dearest, costOf(index, outcome));
  };
  const atOnce = await Promise.all(
    Array.from({ length: 20 }, (_, index) => call(world.replica(index), callingOf(index))),
  );
  for (const [index, outcome] of atOnce.entries()) book(index, outcome);
  const passed = atOnce.filter(({ status }) => status === 200).length;
  const within = () => (holder.refusedWhen === 'reached' ? spentUsd < maxUsd : spentUsd <= maxUsd);
  must(passed > 0, `not one of 20 calls passed: ${atOnce[0]?.status} ${atOnce[0]?.text}`);
  must(spentUsd <= maxUsd + dearest, `${passed} of 20 parallel calls spent ${inBudgets(spentUsd)}`);
  let refused = 0;
  // LiteLLM holds what it has reserved until after its answer; the hot path has settled when its last frame is there.
  let patience = callingOf(3).model === 'nova-lite' ? 0 : 40;
  for (let index = 20; refused < 3 && index < 120; index += 1) {
    const outcome = await call(world.replica(index), callingOf(index));
    book(index, outcome);
    if (outcome.status === 200) continue;
    if (!within()) {
      refused += 1;
    } else {
      must(patience > 0, `a call was refused with ${inBudgets(spentUsd)} spent: ${outcome.text}`);
      patience -= 1;
      await sleep(250);
    }
  }
  must(refused === 3, 'calls were never refused');
  must(spentUsd <= maxUsd + dearest + 1e-12, `${inBudgets(spentUsd)} were spent`);
  const booked = async () => {
    const [text, value] = holder.spend;
    const spend = Number((await world.sql(text, [value]))[0]?.['spend'] ?? 0);
    return Math.abs(spend - spentUsd) < 1e-9 ? undefined : `${spend} is booked of ${spentUsd}`;
  };
  const wrong = await untilGood(booked, 30_000);
  must(wrong === undefined, String(wrong));
  return `${passed} of 20 passed, ${inBudgets(spentUsd)} spent, one call is ${inBudgets(dearest)}, booked to the nano-dollar`;

  function inBudgets(amountUsd: number): string {
    return `${((100 * amountUsd) / maxUsd).toFixed(1)} % of the budget`;
  }
}

/** A refusal in the dialect's words for a spent budget, which no SDK tries again, with the word that scripts look for. */
function isSpent({ status, text, headers }: Outcome): void {
  // OpenAI's libraries try every 429 again unless they are told not to. LiteLLM says 422.
  const isQuota = status === 429 && text.includes('insufficient_quota') && headers.get('x-should-retry') === 'false';
  must(isQuota || status === 422 || status === 400, `a spent budget was answered ${status}: ${text.slice(0, 300)}`);
  must(/budget/i.test(text), `a refusal for a budget says: ${text.slice(0, 300)}`);
}
