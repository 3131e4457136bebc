import type { Deployment } from '@genai-gateway/config';
import type { DeployedStack } from '../shared/deployed.ts';

export type Status = 'ok' | 'warn' | 'fail' | 'not checked';

/** One line of the doctor's. */
export interface Finding {
  readonly status: Status;
  /** What was looked at, in a word or two. */
  readonly about: string;
  readonly says: string;
  /** What to do about it; only `ok` has none. */
  readonly mend?: string;
}

/** What the checks know before they look. */
export interface Patient {
  readonly stage: string;
  readonly region: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Undefined: the configuration is not usable, which is a finding of its own. */
  readonly deployment: Deployment | undefined;
  /** What is wrong with the configuration. */
  readonly problems: readonly string[];
  /** Undefined: they could not be listed, which is a finding of its own. */
  readonly stacks: readonly DeployedStack[] | undefined;
}

export interface Check {
  /** What is not checked when it fails as a whole. */
  readonly about: string;
  readonly run: (patient: Patient) => Promise<readonly Finding[]>;
}

export const ok = (about: string, says: string): Finding => ({ status: 'ok', about, says });
export const warn = (about: string, says: string, mend: string): Finding => ({ status: 'warn', about, says, mend });
export const fail = (about: string, says: string, mend: string): Finding => ({ status: 'fail', about, says, mend });
export const notChecked = (about: string, says: string, mend: string): Finding => ({
  ...{ status: 'not checked', about, says, mend },
});
