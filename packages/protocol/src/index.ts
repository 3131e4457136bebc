export type { Frame } from './event-stream/frame.ts';
export {
  decodeFrame,
  encodeEventFrame,
  encodeExceptionFrame,
  FrameSplitter,
  forEachFrame,
  frameEncoder,
  peekEventType,
} from './event-stream/frame.ts';
export { SSE_DONE, SSE_HEARTBEAT, sseData } from './sse.ts';
export type { Usage } from './usage.ts';
export { usageFromAnthropic, usageFromConverse, usageFromInvocationMetrics } from './usage.ts';
