import type { TestProject } from 'vitest/node';
import { startWorld } from '../setup.ts';

/** Starts a stack with the real LiteLLM, and waits for it. Without Python there is none, and its tests are skipped. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return startWorld(project, { litellm: 'on' });
}
