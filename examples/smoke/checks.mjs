// The checks of the two Node SDKs; started by ../smoke.mjs, which sets the environment.

import assert from 'node:assert/strict';
import {
  AccessDeniedException,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import OpenAI from 'openai';

const model = process.env.GATEWAY_MODEL;
const prompt = 'Say hello to the reader of this line.';
// A model does what it is asked; the simulator of the local gateway reads the words in brackets.
const toolPrompt = 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]';
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

const checks = {
  'aws-sdk-js': awsChecks(new BedrockRuntimeClient({}), new BedrockRuntimeClient({ token: { token: 'sk-wrong' } })),
  'openai-node': openaiChecks(new OpenAI(), new OpenAI({ apiKey: 'sk-wrong' })),
};
for (const [client, each] of Object.entries(checks)) {
  for (const [name, check] of Object.entries(each)) {
    try {
      console.log(`ok ${client} ${name}: ${await check()}`);
    } catch (error) {
      console.log(`FAIL ${client} ${name}: ${String(error).split('\n')[0]}`);
    }
  }
}
// HTTP/2 connections would keep the process alive for a while.
process.exit();

function awsChecks(client, stranger) {
  const messages = [{ role: 'user', content: [{ text: prompt }] }];
  return {
    answer: async () => {
      const reply = await client.send(new ConverseCommand({ modelId: model, messages }));
      assert(reply.output.message.content[0].text.length > 0, 'the answer has no text');
      assert(reply.usage.outputTokens > 0, 'the answer has no usage');
      return `${reply.usage.outputTokens} tokens`;
    },
    stream: async () => {
      const { stream } = await client.send(new ConverseStreamCommand({ modelId: model, messages }));
      const events = await Array.fromAsync(stream);
      const text = events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('');
      assert(text.length > 0, 'the stream has no text');
      assert(
        events.some((event) => event.messageStop?.stopReason === 'end_turn'),
        'the stream has no end',
      );
      assert(
        events.some((event) => event.metadata?.usage.outputTokens > 0),
        'the stream has no usage',
      );
      return `${events.length} events`;
    },
    tool: async () => {
      const spec = { name: 'get_weather', description: 'The weather of a city.', inputSchema: { json: schema } };
      const reply = await client.send(
        new ConverseCommand({
          modelId: model,
          messages: [{ role: 'user', content: [{ text: toolPrompt }] }],
          toolConfig: { tools: [{ toolSpec: spec }], toolChoice: { any: {} } },
        }),
      );
      assert.equal(reply.stopReason, 'tool_use');
      const { toolUse } = reply.output.message.content.find((block) => block.toolUse !== undefined);
      assert.equal(toolUse.name, 'get_weather');
      assert.equal(typeof toolUse.input.city, 'string');
      return JSON.stringify(toolUse.input);
    },
    'bad-key': async () => {
      const refused = stranger.send(new ConverseCommand({ modelId: model, messages }));
      const error = await refused.then(
        () => undefined,
        (reason) => reason,
      );
      assert(error instanceof AccessDeniedException, `not an AccessDeniedException but ${error}`);
      return error.name;
    },
  };
}

function openaiChecks(client, stranger) {
  const messages = [{ role: 'user', content: prompt }];
  return {
    answer: async () => {
      const reply = await client.chat.completions.create({ model, messages });
      assert(reply.choices[0].message.content.length > 0, 'the answer has no text');
      assert(reply.usage.completion_tokens > 0, 'the answer has no usage');
      return `${reply.usage.completion_tokens} tokens`;
    },
    stream: async () => {
      const options = { include_usage: true };
      const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: options });
      const chunks = await Array.fromAsync(stream);
      const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
      assert(text.length > 0, 'the stream has no text');
      assert(
        chunks.some((chunk) => chunk.choices[0]?.finish_reason === 'stop'),
        'the stream has no finish reason',
      );
      assert(
        chunks.some((chunk) => chunk.usage?.completion_tokens > 0),
        'the stream has no usage',
      );
      return `${chunks.length} chunks`;
    },
    tool: async () => {
      const reply = await client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: toolPrompt }],
        tools: [{ type: 'function', function: { name: 'get_weather', parameters: schema } }],
        tool_choice: 'required',
      });
      assert.equal(reply.choices[0].finish_reason, 'tool_calls');
      const call = reply.choices[0].message.tool_calls[0].function;
      assert.equal(call.name, 'get_weather');
      assert.equal(typeof JSON.parse(call.arguments).city, 'string');
      return call.arguments;
    },
    'bad-key': async () => {
      const refused = stranger.chat.completions.create({ model, messages });
      const error = await refused.then(
        () => undefined,
        (reason) => reason,
      );
      assert(error instanceof OpenAI.AuthenticationError, `not an AuthenticationError but ${error}`);
      return error.constructor.name;
    },
  };
}
