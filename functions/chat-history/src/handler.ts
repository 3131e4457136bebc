import { httpFunction } from '@genai-gateway/lambda';
import { compose } from './compose.ts';
import { routes } from './routes.ts';
import { handleTask } from './tasks.ts';

/** Sessions by HTTP: `/v1/sessions`; and the tasks export, deletion and retention-sweep. */
export const handler = httpFunction({ name: 'chat-history', routes, compose, handleTask });
