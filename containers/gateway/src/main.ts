import { runGateway } from './run-gateway.ts';

runGateway();
