/**
 * How many bytes a value is as JSON within a JSON text, which is how an answer travels from a function to its load
 * balancer: quotation marks and what is no ASCII count as they are written there.
 */
export function wireBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}
