export type { Cors, CorsAnswer, CorsRequest } from './cors.ts';
export { corsFor, corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
export type { ErrorAnswer } from './error-answer.ts';
export { errorAnswer, openaiError, streamError } from './error-answer.ts';
