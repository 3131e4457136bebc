import type { LoggedRequest, SimulatorScript } from '@genai-gateway/simulators';
import { vi } from 'vitest';
import { world } from './world.ts';

/** The simulator remembers requests under the text of their prompts, so each test has words of its own. */
let counter = 0;

/** A word that no other request holds. */
export function uniqueWord(): string {
  counter += 1;
  return `unique-${process.pid}-${counter}-${Date.now().toString(36)}`;
}

/** What the simulator answers to the next request that matches. */
export async function script(each: SimulatorScript, simulator: string = world.simulator): Promise<void> {
  const reply = await fetch(`${simulator}/_simulator/script`, { method: 'POST', body: JSON.stringify(each) });
  if (reply.status !== 201) throw new Error(`The simulator refused a script: ${await reply.text()}`);
}

/** The requests that reached the simulator with this text in their body. */
export async function requestsWith(text: string, simulator: string = world.simulator): Promise<LoggedRequest[]> {
  const reply = await fetch(`${simulator}/_simulator/requests`);
  const all = (await reply.json()) as LoggedRequest[];
  return all.filter((each) => each.bodyText.includes(text));
}

/** The one request with this text, once it fulfils the condition. Fails after `withinMs`. */
export function requestOnce(
  text: string,
  condition: (request: LoggedRequest) => boolean,
  { simulator = world.simulator, withinMs = 1_000 }: { simulator?: string; withinMs?: number } = {},
): Promise<LoggedRequest> {
  return vi.waitFor(
    async () => {
      const [found, ...more] = await requestsWith(text, simulator);
      if (found === undefined || more.length > 0) throw new Error(`${more.length + 1} requests hold ${text}`);
      if (!condition(found)) throw new Error(`The request is ${JSON.stringify({ ...found, bodyText: '…' })}`);
      return found;
    },
    { timeout: withinMs, interval: 20 },
  );
}
