import type { ConverseRequest } from '@genai-gateway/protocol';

/**
 * What Bedrock's own model of the API says is wrong with the parts of a request that `violations` does not look at; empty for
 * one that should pass. It shares no code with the translation. Source: botocore's model of bedrock-runtime (read 2026-11-23).
 */
export function servingViolations(request: ConverseRequest): string[] {
  const found: string[] = [];
  const { requestMetadata, serviceTier, performanceConfig, guardrailConfig, outputConfig } = request;
  if (requestMetadata !== undefined) {
    const pairs = Object.entries(requestMetadata);
    if (pairs.length < 1 || pairs.length > 16) found.push('too many or no pairs of metadata');
    for (const [name, value] of pairs) {
      if (!/^[a-zA-Z0-9\s:_@$#=/+,-.]{1,256}$/.test(name)) found.push(`a wrong name of metadata: ${name}`);
      if (!/^[a-zA-Z0-9\s:_@$#=/+,-.]{0,256}$/.test(value)) found.push(`a wrong value of metadata: ${value}`);
    }
  }
  const tiers = ['priority', 'default', 'flex', 'reserved'];
  if (serviceTier !== undefined && !tiers.includes(serviceTier.type)) found.push('a wrong tier');
  const latencies = ['standard', 'optimized', undefined];
  if (performanceConfig !== undefined && !latencies.includes(performanceConfig.latency)) found.push('a wrong latency');
  if (guardrailConfig !== undefined) {
    const { guardrailIdentifier = '', guardrailVersion = '', trace } = guardrailConfig;
    if (!/^[a-z0-9]+$|^arn:/.test(guardrailIdentifier)) found.push('a wrong guardrail');
    if (!/^(?:[1-9][0-9]{0,7}|DRAFT)$/.test(guardrailVersion)) found.push('a wrong version of a guardrail');
    if (trace !== undefined && !['enabled', 'disabled', 'enabled_full'].includes(trace)) found.push('a wrong trace');
  }
  if (outputConfig?.textFormat !== undefined) {
    const { schema } = outputConfig.textFormat.structure.jsonSchema;
    found.push(...openObjects(JSON.parse(schema)));
  }
  const paths = request.additionalModelResponseFieldPaths ?? [];
  if (paths.length > 10 || paths.some((path) => !/^\/.{1,255}$/.test(path))) found.push('a wrong path');
  const { thinking } = (request.additionalModelRequestFields ?? {}) as { thinking?: { budget_tokens?: number } };
  const budget = thinking?.budget_tokens;
  if (budget !== undefined && !(budget >= 1_024 && budget < (request.inferenceConfig?.maxTokens ?? 0))) {
    found.push('a budget that does not fit');
  }
  return found;
}

function openObjects(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const within = Object.entries(schema).flatMap(([key, value]) =>
    ['const', 'enum', 'default', 'examples'].includes(key) ? [] : openObjects(value),
  );
  const { type, additionalProperties } = schema as { type?: unknown; additionalProperties?: unknown };
  return type === 'object' && additionalProperties !== false ? ['an open object', ...within] : within;
}
