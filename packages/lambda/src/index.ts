export type { FunctionEnvironment, FunctionLogger, TaskEnvironment } from './function-environment.ts';
export type { FunctionReply, FunctionRequest, FunctionRoute, HttpFunctionOptions } from './http-function.ts';
export { maxBodyChars, maxEventBytes } from './http-function.ts';
export type { TaskContext, TaskEvent, TaskFunctionOptions, TaskHandler } from './task-function.ts';
