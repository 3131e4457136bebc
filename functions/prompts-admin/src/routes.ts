import type { FunctionRoute } from '@genai-gateway/lambda';
import { readRoutes } from './read-routes.ts';
import type { PromptServices } from './services.ts';
import { writeRoutes } from './write-routes.ts';

/** Every operation of /v1/prompts. */
export const promptRoutes: readonly FunctionRoute<PromptServices>[] = [...readRoutes, ...writeRoutes];
