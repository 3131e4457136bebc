import { taskFunction } from '@genai-gateway/lambda';
import { compose } from './compose.ts';
import { handle } from './handle.ts';

/** What Lambda calls, every hour and for operators. */
export const handler = taskFunction({ name: 'log-compaction', compose, handle });
