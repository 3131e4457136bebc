import { taskFunction } from '@genai-gateway/lambda';
import { compose } from './compose.ts';
import { handle } from './handle.ts';

/** What Lambda calls: for Secrets Manager, for a clock, and for operators. */
export const handler = taskFunction({ name: 'secret-rotation', compose, handle });
