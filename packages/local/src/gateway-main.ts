import { runGateway } from '@genai-gateway/gateway';
import { functionsBefore } from './functions/front.ts';

/**
 * The gateway of one machine: the container's own, and in front of it what the load balancer does on AWS, so that
 * functions are on the same host.
 */
const functionsUrl = process.env['LOCAL_FUNCTIONS_URL'];
runGateway(functionsUrl === undefined ? {} : { front: (gateway) => functionsBefore(gateway, functionsUrl) });
