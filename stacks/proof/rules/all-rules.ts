import type { Rule } from '../system.ts';
import { accessRules } from './access-rules.ts';
import { containerRules } from './container-rules.ts';
import { entranceRules } from './entrance-rules.ts';
import { functionRules } from './function-rules.ts';
import { guardRules } from './guard-rules.ts';
import { insideRules } from './inside-rules.ts';
import { limitRules } from './limit-rules.ts';
import { storageRules } from './storage-rules.ts';

/** Every promise that the templates of every deployment keep. */
export const allRules: readonly Rule[] = [
  ...entranceRules,
  ...insideRules,
  ...functionRules,
  ...guardRules,
  ...containerRules,
  ...storageRules,
  ...accessRules,
  ...limitRules,
];
