import { streamException, upstreamError } from '@genai-gateway/pipeline';
import { decodeFrame } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { errorAnswer, streamError } from './error-answer.ts';

/** What of an error a client goes by: status, type and code of OpenAI, status and type of Anthropic, status and exception of Bedrock. */
type Looks = readonly [
  openai: readonly [status: number, type: string, code: string],
  anthropic: readonly [status: number, type: string],
  bedrock: readonly [status: number, exception: string],
];

const rejected: Looks = [
  [400, 'invalid_request_error', 'invalid_request'],
  [400, 'invalid_request_error'],
  [400, 'ValidationException'],
];
const tooLong: Looks = [
  [400, 'invalid_request_error', 'context_length_exceeded'],
  [400, 'invalid_request_error'],
  [400, 'ValidationException'],
];
const notFound: Looks = [
  [404, 'invalid_request_error', 'model_not_found'],
  [404, 'not_found_error'],
  [404, 'ResourceNotFoundException'],
];
const throttled: Looks = [
  [429, 'rate_limit_error', 'rate_limit_exceeded'],
  [429, 'rate_limit_error'],
  [429, 'ThrottlingException'],
];
const quota: Looks = [
  [429, 'rate_limit_error', 'quota_exceeded'],
  [429, 'rate_limit_error'],
  [400, 'ServiceQuotaExceededException'],
];
/** Our own role was refused: nothing that a caller could mend, or take for his key. */
const denied: Looks = [
  [502, 'api_error', 'upstream_access_denied'],
  [502, 'api_error'],
  [502, 'InternalServerException'],
];
const modelError: Looks = [
  [502, 'api_error', 'model_error'],
  [502, 'api_error'],
  [424, 'ModelErrorException'],
];
const timeout: Looks = [
  [504, 'api_error', 'upstream_timeout'],
  [504, 'timeout_error'],
  [408, 'ModelTimeoutException'],
];
const overloaded: Looks = [
  [503, 'api_error', 'upstream_overloaded'],
  [529, 'overloaded_error'],
  [503, 'ServiceUnavailableException'],
];
const failed: Looks = [
  [502, 'api_error', 'upstream_error'],
  [502, 'api_error'],
  [500, 'InternalServerException'],
];

function looks(error: ReturnType<typeof upstreamError>): Looks {
  const [openai, anthropic, bedrock] = (['openai', 'anthropic', 'bedrock'] as const).map((dialect) =>
    errorAnswer(error, dialect),
  );
  const { type, code } = JSON.parse(openai?.body ?? '').error;
  return [
    [openai?.status ?? 0, type, code],
    [anthropic?.status ?? 0, JSON.parse(anthropic?.body ?? '').error.type],
    [bedrock?.status ?? 0, bedrock?.headers['x-amzn-errortype'] ?? ''],
  ];
}

const answer = (status: number, exception: string, message: string, headers: object = {}) => ({
  status,
  headers: { ...(exception === '' ? {} : { 'x-amzn-errortype': exception }), ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});

const rows: readonly [status: number, exception: string, looks: Looks][] = [
  [400, 'ValidationException', rejected],
  [400, 'SerializationException', rejected],
  [400, 'ConflictException', rejected],
  [404, 'ResourceNotFoundException', notFound],
  [429, 'ThrottlingException', throttled],
  [400, 'ThrottlingException', throttled],
  [429, 'TooManyRequestsException', throttled],
  [429, 'ModelNotReadyException', throttled],
  [400, 'ServiceQuotaExceededException', quota],
  [402, 'ServiceQuotaExceededException', quota],
  [403, 'AccessDeniedException', denied],
  [403, 'UnrecognizedClientException', denied],
  [403, 'InvalidSignatureException', denied],
  [403, 'ExpiredTokenException', denied],
  [403, 'IncompleteSignatureException', denied],
  [403, 'MissingAuthenticationTokenException', denied],
  [424, 'ModelErrorException', modelError],
  [424, 'ModelStreamErrorException', modelError],
  [408, 'ModelTimeoutException', timeout],
  [500, 'InternalServerException', failed],
  [500, 'InternalFailure', failed],
  [503, 'ServiceUnavailableException', overloaded],
  // Without a name, or with one that AWS may add: by the status.
  [400, '', rejected],
  [400, 'BrandNewException', rejected],
  [401, '', denied],
  [403, '', denied],
  [404, 'UnknownOperationException', notFound],
  [408, '', timeout],
  [413, 'RequestEntityTooLargeException', rejected],
  [424, '', modelError],
  [429, '', throttled],
  [500, '', failed],
  [502, '', failed],
  [503, '', overloaded],
  [504, '', timeout],
];

describe("what is answered to Bedrock's refusals", () => {
  test.each(rows)('%i %s', (status, exception, expected) => {
    expect(looks(upstreamError(answer(status, exception, 'what is wrong')))).toEqual(expected);
  });

  test.each([
    ['the wait that it names', { 'retry-after': '7' }, '7'],
    ['a second, where it names none', {}, '1'],
  ])('throttling says how long to wait: %s', (_rule, headers, expected) => {
    for (const exception of ['ThrottlingException', 'ModelNotReadyException']) {
      const error = upstreamError(answer(429, exception, 'Too many requests', headers));
      for (const dialect of ['openai', 'anthropic', 'bedrock'] as const) {
        expect(errorAnswer(error, dialect).headers['retry-after']).toBe(expected);
      }
    }
  });

  test.each([
    'Input is too long for requested model.',
    'The model returned the following errors: Input is too long for requested model.',
    'prompt is too long: 212345 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens`',
    'Too many input tokens. Max input tokens: 8192, request input token count: 9000',
    "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
    'too many tokens: total number of tokens in the prompt cannot exceed 4081',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
    'Malformed input request: expected maxLength: 42000, actual: 50000, please reformat your input and try again.',
  ])('a prompt that does not fit: %s', (message) => {
    expect(looks(upstreamError(answer(400, 'ValidationException', message)))).toEqual(tooLong);
    const payload = Buffer.from(JSON.stringify({ message }));
    expect(looks(streamException('validationException', payload))).toEqual(tooLong);
  });

  test.each([
    'The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower.',
    'The text field in the ContentBlock object at messages.0.content.0 is blank.',
    'Malformed input request: expected maxLength: 64, actual: 70, please reformat your input and try again.',
    'tools.0.name: too long',
  ])('another mistake: %s', (message) => {
    expect(looks(upstreamError(answer(400, 'ValidationException', message)))).toEqual(rejected);
  });

  test.each([
    [
      'a role',
      'User: arn:aws:sts::123456789012:assumed-role/gateway/a@b.c is not allowed.',
      'User: [resource] is not allowed.',
    ],
    [
      'a model',
      'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/a.b-v1:0, try another',
      '[resource], try another',
    ],
    ['an account', 'Account 123456789012 has no quota', 'Account [account] has no quota'],
  ])('%s of ours stays unnamed', (_what, message, expected) => {
    const error = upstreamError(answer(400, 'ValidationException', message));
    for (const dialect of ['openai', 'anthropic', 'bedrock'] as const) {
      const body = JSON.parse(errorAnswer(error, dialect).body);
      expect(body.message ?? body.error.message).toBe(expected);
    }
    const inStream = streamException('validationException', Buffer.from(JSON.stringify({ message })));
    expect(inStream.message).toBe(expected);
  });

  test("what our role may not do is no business of the caller's", () => {
    const message = 'User: arn:aws:iam::123456789012:role/gateway is not authorized to perform: bedrock:InvokeModel';
    expect(upstreamError(answer(403, 'AccessDeniedException', message)).message).not.toMatch(/role\/|perform/);
  });

  test.each([
    ['no JSON', Buffer.from('<html>')],
    ['nothing', Buffer.alloc(0)],
    ['a list', Buffer.from('[]')],
    ['a message that is no text', Buffer.from('{"message":{"a":1}}')],
  ])('a body that is %s is told by its status', (_what, body) => {
    expect(looks(upstreamError({ status: 500, headers: {}, body }))).toEqual(failed);
  });
});

describe("how Bedrock's exceptions end a stream that has begun", () => {
  test.each([
    ['throttlingException', 'rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error', 'throttlingException'],
    ['modelStreamErrorException', 'api_error', 'model_error', 'api_error', 'modelStreamErrorException'],
    ['internalServerException', 'api_error', 'upstream_error', 'api_error', 'internalServerException'],
    [
      'serviceUnavailableException',
      'api_error',
      'upstream_overloaded',
      'overloaded_error',
      'serviceUnavailableException',
    ],
    ['validationException', 'invalid_request_error', 'invalid_request', 'invalid_request_error', 'validationException'],
    // Only InvokeModel's streams have it.
    ['modelTimeoutException', 'api_error', 'upstream_timeout', 'timeout_error', 'modelStreamErrorException'],
    [undefined, 'api_error', 'upstream_error', 'api_error', 'internalServerException'],
    ['brandNewException', 'api_error', 'upstream_error', 'api_error', 'internalServerException'],
  ])('%s', (exception, type, code, anthropicType, bedrock) => {
    const error = streamException(exception, Buffer.from('{"message":"what is wrong"}'));
    const openai = JSON.parse(streamError(error, 'openai').toString().slice('data: '.length));
    expect(openai).toEqual({ error: { message: 'what is wrong', type, param: null, code } });
    const [event, data] = streamError(error, 'anthropic').toString().split('\n');
    expect(event).toBe('event: error');
    expect(JSON.parse(data?.slice('data: '.length) ?? '')).toEqual({
      type: 'error',
      error: { type: anthropicType, message: 'what is wrong' },
    });
    expect(decodeFrame(streamError(error, 'bedrock') as Buffer).exceptionType).toBe(bedrock);
  });
});
