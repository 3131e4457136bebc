import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { checkTools } from './parse-tools.ts';

const named = { type: 'function', function: { name: 'f' } };
const allowed = (fields: object) => ({
  tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named], ...fields } },
});

test.each([
  ['tools that are an object', { tools: {} }, 'tools'],
  ['a tool that is a text', { tools: ['f'] }, 'tools.0'],
  ['a tool without type', { tools: [{ function: { name: 'f' } }] }, 'tools.0'],
  ['a tool without function', { tools: [named, { type: 'function' }] }, 'tools.1.function'],
  ['a tool with an empty name', { tools: [{ type: 'function', function: { name: '' } }] }, 'tools.0.function'],
  ['parameters that are a list', { functions: [{ name: 'f', parameters: [] }] }, 'functions.0.parameters'],
  ['a description that is a number', { functions: [{ name: 'f', description: 1 }] }, 'functions.0.description'],
  [
    'strict that is a text',
    { tools: [{ type: 'function', function: { name: 'f', strict: 'x' } }] },
    'tools.0.function.strict',
  ],
  ['a function without name', { functions: [{}] }, 'functions.0'],
  ['functions that are a text', { functions: 'f' }, 'functions'],
  ['a choice we do not know', { tool_choice: 'sometimes' }, 'tool_choice'],
  ['a choice that is a number', { tool_choice: 1 }, 'tool_choice'],
  ['a choice without type', { tool_choice: {} }, 'tool_choice'],
  ['a choice without name', { tool_choice: { type: 'function', function: {} } }, 'tool_choice.function'],
  ['a custom tool', { tool_choice: { type: 'custom', custom: { name: 'f' } } }, 'tool_choice.type'],
  ['allowed_tools without a mode', allowed({ mode: 'any' }), 'tool_choice.allowed_tools.mode'],
  ['allowed_tools without tools', allowed({ tools: [] }), 'tool_choice.allowed_tools.tools'],
  ['an allowed tool without name', allowed({ tools: [{ type: 'mcp' }] }), 'tool_choice.allowed_tools.tools'],
  ['allowed_tools that are missing', { tool_choice: { type: 'allowed_tools' } }, 'tool_choice.allowed_tools.mode'],
  ['a function call we do not know', { function_call: 'required' }, 'function_call'],
  ['a function call without name', { function_call: {} }, 'function_call'],
])('%s', (_rule, body, param) => {
  expect(refusal(() => checkTools(body))).toBe(`invalid-request ${param}`);
});

describe('what passes', () => {
  test.each([
    [{}],
    [{ tools: null, tool_choice: null, functions: null, function_call: null }],
    [{ tools: [{ type: 'mcp' }] }],
    [{ tools: [named], tool_choice: 'any' }],
    [allowed({ mode: 'required' })],
    [{ functions: [{ name: 'f', parameters: null }], function_call: { name: 'f' } }],
  ])('%j', (body) => expect(() => checkTools(body)).not.toThrow());
});
