import { describe, expect, test } from 'vitest';
import { isWebSocketRoute, routeAccess } from './route-access.ts';

describe('who may use a route of LiteLLM’s', () => {
  test.each([
    ['a key is made', '/key/generate', 'litellm'],
    ['the Admin UI', '/ui/assets/index.js', 'litellm'],
    ['logging in', '/v2/login', 'litellm'],
    ['an embedding', '/v1/embeddings', 'model'],
    ['a response of OpenAI’s newer API', '/v1/responses/resp_1/cancel', 'model'],
    ['a file', '/v1/files', 'upload'],
    ['one file', '/v1/files/file-1', 'model'],
    ['Azure’s path for a chat', '/openai/deployments/gpt/chat/completions', 'model'],
    ['OpenAI’s path below its name', '/openai/v1/responses', 'model'],
    ['Anthropic’s messages', '/v1/messages', 'model'],
    ['Google’s path', '/v1beta/models/gemini:generateContent', 'model'],
    ['the configuration', '/config/update', 'master'],
    ['the configuration itself', '/config', 'master'],
    ['the configuration with a slash at its end', '/config/', 'master'],
    ['a word that only begins like it', '/configuration', 'litellm'],
    ['a test of an MCP server', '/mcp-rest/test/connection', 'master'],
    ['an MCP tool', '/mcp-rest/tools/list', 'litellm'],
    ['a test of a prompt', '/prompts/test', 'master'],
    ['a list of prompts', '/prompts/list', 'litellm'],
    ['code of a guardrail', '/guardrails/test_custom_code', 'master'],
    ['a list of guardrails', '/guardrails/list', 'litellm'],
    ['a test of any host', '/health/test_connection', 'master'],
    ['the memory of the process', '/debug/memory/details', 'master'],
    ['a provider’s raw API', '/anthropic/v1/messages', 'master'],
    ['Bedrock’s raw API', '/bedrock/agents/x', 'master'],
    ['a route that begins with a provider’s name', '/openai/deployments', 'master'],
    ['OpenAI’s raw API', '/openai/chat/completions', 'master'],
    ['OpenAI’s raw API with its version', '/openai/v1/images/generations', 'master'],
    ['OpenAI’s raw files', '/openai/v1/files', 'master'],
    ['an operation that Azure’s path does not have', '/openai/deployments/gpt/assistants', 'master'],
    ['a path below a response', '/openai/v1/responses/resp_1/other', 'master'],
    ['an interaction', '/v1beta/interactions', 'model'],
    ['a decision', '/decisions', 'model'],
    ['an agent’s message', '/a2a/agent-1/message/send', 'model'],
    ['a tool of an MCP server', '/mcp-rest/tools/call', 'model'],
    ['tools for searching, which are management', '/search_tools', 'litellm'],
  ])('%s: %s', (_rule, path, access) => {
    expect(routeAccess('POST', path, [])).toBe(access);
  });

  test.each([
    ['the configuration', '/config/list'],
    ['the settings of the cache', '/cache/settings'],
  ])('%s may be read by whom LiteLLM lets', (_what, path) => {
    expect(routeAccess('GET', path, [])).toBe('litellm');
    expect(routeAccess('DELETE', path, [])).toBe('master');
  });

  test('the inside of the process may not', () => {
    expect(routeAccess('GET', '/debug/memory/details', [])).toBe('master');
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('%s on a path of OpenAI’s that takes POST would be raw', (method) => {
    expect(routeAccess(method, '/openai/v1/responses', [])).toBe('master');
    expect(routeAccess(method, '/openai/deployments/gpt/chat/completions', [])).toBe('master');
  });

  test('an administrator opens a provider’s raw API, and that one only', () => {
    expect(routeAccess('POST', '/anthropic/v1/messages', ['anthropic'])).toBe('litellm');
    expect(routeAccess('POST', '/gemini/v1/models', ['anthropic'])).toBe('master');
  });

  test('nothing opens what is for the master key', () => {
    expect(routeAccess('POST', '/config/update', ['config'])).toBe('master');
  });
});

test.each([
  ['/v1/realtime', true],
  ['/realtime', true],
  ['/openai/v1/realtime', true],
  ['/v1/responses', true],
  ['/openai/v1/responses', false],
  ['/v1/realtime/calls', false],
  ['/v1/chat/completions', false],
])('%s is a WebSocket: %s', (path, is) => {
  expect(isWebSocketRoute(path)).toBe(is);
});
