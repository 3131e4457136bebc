/** Names the parameters of a request that had no effect. */
export function droppedHeaders(droppedParams: readonly string[]): Record<string, string> {
  return droppedParams.length > 0 ? { 'x-gateway-dropped-params': droppedParams.join(',') } : {};
}
