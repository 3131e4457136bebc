import { httpFunction } from '@genai-gateway/lambda';
import { compose } from './compose.ts';
import { promptRoutes } from './routes.ts';

/** What Lambda calls: /v1/prompts and below, behind the load balancer. */
export const handler = httpFunction({ name: 'prompts-admin', routes: promptRoutes, compose });
