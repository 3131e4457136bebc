import type { ConverseContentBlock, ConverseMessage, ConverseRequest } from '@genai-gateway/protocol';

/**
 * What Bedrock is known to refuse in a Converse request, as a list of what is wrong; empty for a
 * request that should pass. It shares no code with the translation, so that it can contradict it.
 */
export function violations(request: ConverseRequest): string[] {
  return [...messageViolations(request.messages ?? []), ...toolViolations(request), ...otherViolations(request)];
}

function messageViolations(messages: readonly ConverseMessage[]): string[] {
  const found: string[] = [];
  const ids = new Set<string>();
  const documents = documentNames(messages);
  if (new Set(documents).size !== documents.length) found.push('a document name twice');
  if (documents.length > 5) found.push('too many documents');
  if (messages[0]?.role !== 'user') found.push('the first message is not the user');
  for (const [index, { role, content }] of messages.entries()) {
    const at = `messages.${index}`;
    if (index > 0 && messages[index - 1]?.role === role) found.push(`${at}: the same role twice`);
    if (role === 'system') {
      const follows = messages[index + 1]?.role;
      if (messages[index - 1]?.role !== 'user') found.push(`${at}: a system message that follows no user`);
      if (follows !== undefined && follows !== 'assistant') found.push(`${at}: a system message before the user`);
    }
    if (content.length === 0) found.push(`${at}: empty`);
    if (content.every((block) => 'reasoningContent' in block || 'cachePoint' in block))
      found.push(`${at}: says nothing`);
    for (const block of content) found.push(...blockViolations(block, role).map((what) => `${at}: ${what}`));

    const calls = content.flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : []));
    for (const id of calls) {
      if (ids.has(id)) found.push(`${at}: tool use id ${id} twice`);
      ids.add(id);
    }
    const next = messages[index + 1]?.content ?? [];
    const results = next.flatMap((block) => ('toolResult' in block ? [block.toolResult.toolUseId] : []));
    if (role === 'assistant' && [...calls].sort().join() !== [...results].sort().join()) {
      found.push(`${at}: calls ${calls} and results ${results} differ`);
    }
    if (index === 0 && content.some((block) => 'toolResult' in block)) found.push(`${at}: a result before any call`);
    const ranked = content.filter((block) => !('cachePoint' in block));
    if (!isSorted(ranked.map((block) => ('toolResult' in block ? 0 : 1))))
      found.push(`${at}: a result after other content`);
    if (content.some((block) => 'document' in block) && !content.some((block) => 'text' in block))
      found.push(`${at}: a document without a text`);
    for (const [place, block] of content.entries()) {
      const before = content[place - 1];
      if (!('cachePoint' in block)) continue;
      if (before === undefined || 'reasoningContent' in before || 'cachePoint' in before)
        found.push(`${at}: a cache point behind nothing that can be kept`);
      if (before !== undefined && 'document' in before && before.document.format !== 'pdf')
        found.push(`${at}: a cache point behind a document that becomes a text`);
    }
    if (!isSorted(ranked.map((block) => ('toolUse' in block ? 1 : 0)))) found.push(`${at}: content after a tool call`);
  }
  return found;
}

function documentNames(messages: readonly ConverseMessage[]): string[] {
  return messages
    .flatMap(({ content }) =>
      content.flatMap((it): readonly object[] => ('toolResult' in it ? it.toolResult.content : [it])),
    )
    .flatMap((block) => ('document' in block ? [(block.document as { name: string }).name] : []));
}

function blockViolations(block: ConverseContentBlock, role: string): string[] {
  if (Object.keys(block).length !== 1) return ['not exactly one key'];
  if ('text' in block) return block.text.trim() === '' ? ['blank text'] : [];
  if ('image' in block) {
    const { format, source } = block.image;
    const isKnown = ['png', 'jpeg', 'gif', 'webp'].includes(format);
    const isBase64 = 'bytes' in source && Buffer.from(source.bytes, 'base64').toString('base64') === source.bytes;
    return role === 'user' && isKnown && isBase64 ? [] : ['a wrong image'];
  }
  if ('toolUse' in block) {
    const { toolUseId, name, input } = block.toolUse;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    const isFine = role === 'assistant' && isObject && /^[A-Za-z0-9_.:-]{1,64}$/.test(toolUseId) && isToolName(name);
    return isFine ? [] : ['a wrong tool use'];
  }
  if ('toolResult' in block) {
    const { toolUseId, content } = block.toolResult;
    if (role !== 'user' || content.length === 0 || toolUseId === '') return ['a wrong tool result'];
    return content.flatMap((it) => blockViolations(it as ConverseContentBlock, 'user'));
  }
  if ('reasoningContent' in block) {
    const { reasoningContent } = block;
    const isSigned = 'redactedContent' in reasoningContent || Boolean(reasoningContent.reasoningText.signature);
    return role === 'assistant' && isSigned ? [] : ['reasoning that no model takes'];
  }
  if ('cachePoint' in block) return [];
  if ('document' in block) {
    const { name, format } = block.document;
    const isNamed = /^[A-Za-z0-9\s\-()[\]]{1,200}$/.test(name) && !/\s\s/.test(name);
    const isKnown = ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md', undefined].includes(format);
    return role === 'user' && isNamed && isKnown ? [] : ['a wrong document'];
  }
  if ('video' in block || 'audio' in block || 'guardContent' in block || 'searchResult' in block) {
    return role === 'user' ? [] : ['a file that is not of the user'];
  }
  return ['a block that this translation never makes'];
}

function toolViolations({ messages, toolConfig }: ConverseRequest): string[] {
  const found: string[] = [];
  const usesTools =
    messages?.some(({ content }) => content.some((it) => 'toolUse' in it || 'toolResult' in it)) ?? false;
  if (toolConfig === undefined) return usesTools ? ['tool blocks without toolConfig'] : [];
  const specs = toolConfig.tools.flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec] : []));
  if (!toolConfig.tools.some((tool) => !('cachePoint' in tool))) found.push('toolConfig without tools');
  const names = specs.map(({ name }) => name);
  if (new Set(names).size !== names.length) found.push('a tool name twice');
  if (!names.every(isToolName)) found.push('a wrong tool name');
  for (const { description, inputSchema } of specs) {
    const schema = inputSchema.json as Record<string, unknown>;
    if (description?.trim() === '') found.push('a blank description');
    if (schema['type'] !== 'object' && !(Array.isArray(schema['type']) && schema['type'].includes('object'))) {
      found.push('a schema whose root is no object');
    }
    for (const key of ['anyOf', 'oneOf', 'allOf', '$ref'])
      if (key in schema) found.push(`a schema with ${key} at its root`);
  }
  const { toolChoice } = toolConfig;
  if (toolChoice !== undefined && 'tool' in toolChoice && !names.includes(toolChoice.tool.name)) {
    found.push('a choice of a tool that is not there');
  }
  return found;
}

function otherViolations({ system, inferenceConfig, toolConfig, messages }: ConverseRequest): string[] {
  const found: string[] = [];
  const points = [
    ...(toolConfig?.tools ?? []),
    ...(system ?? []),
    ...(messages ?? []).flatMap(({ content }) => content),
  ]
    .filter((block) => 'cachePoint' in block)
    .map(({ cachePoint }) => (cachePoint.ttl === '1h' ? 0 : 1));
  if (points.length > 4) found.push('more than four cache points');
  if (!isSorted(points)) found.push('a cache point that is kept longer than one before it');
  if (system?.length === 0) found.push('an empty system');
  for (const block of system ?? []) if ('text' in block && block.text.trim() === '') found.push('a blank system text');
  const { maxTokens, temperature, topP, stopSequences } = inferenceConfig ?? {};
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens > 0)) found.push('a wrong maxTokens');
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 1)) found.push('a wrong temperature');
  if (topP !== undefined && !(topP >= 0 && topP <= 1)) found.push('a wrong topP');
  if (stopSequences?.length === 0 || stopSequences?.includes('')) found.push('wrong stopSequences');
  return found;
}

const isToolName = (name: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(name);

function isSorted(ranks: readonly number[]): boolean {
  return ranks.every((rank, index) => index === 0 || (ranks[index - 1] ?? 0) <= rank);
}
