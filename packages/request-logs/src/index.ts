export type { LoggedCall, LoggedContent, LoggedPayer, RequestLogLine } from './request-log-line.ts';
export { requestLogLine } from './request-log-line.ts';
export type { ProcessMarks, RequestLogSpoolOptions } from './request-log-spool.ts';
export { RequestLogSpool } from './request-log-spool.ts';
export type { RequestLogReports, RequestLogWriterOptions } from './request-log-writer.ts';
export { RequestLogWriter } from './request-log-writer.ts';
