export type { HttpRequest } from './body.ts';
export type { HttpResponse } from './http-reply.ts';
export type { RunGatewayOptions } from './run-gateway.ts';
export { runGateway } from './run-gateway.ts';
export type { Listeners } from './servers.ts';
