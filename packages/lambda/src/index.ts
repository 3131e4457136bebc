export type { FunctionEnvironment, FunctionLogger, TaskEnvironment } from './function-environment.ts';
export type { FunctionReply, FunctionRequest, FunctionRoute } from './function-route.ts';
export type { HttpFunctionOptions } from './http-function.ts';
export { httpFunction } from './http-function.ts';
export type { InvocationContext } from './invocation.ts';
export { maxBodyBytes, maxEventBytes } from './limits.ts';
export type { TaskContext, TaskEvent, TaskHandler } from './task.ts';
export type { TaskFunctionOptions } from './task-function.ts';
export { taskFunction } from './task-function.ts';
