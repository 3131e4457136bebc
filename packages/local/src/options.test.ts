import { describe, expect, it } from 'vitest';
import { LaunchFailure } from './launch-failure.ts';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('has the documented defaults', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      port: 3000,
      tlsPort: 3443,
      upstream: { kind: 'simulator' },
      keys: [],
      config: undefined,
      databaseUrl: undefined,
      state: undefined,
      reset: false,
      readyFile: undefined,
      log: false,
      litellm: 'on',
      litellmPython: undefined,
    });
  });

  it('takes values after a space and after an equals sign', () => {
    const options = parseOptions(['--port', '0', '--tls-port=0', '--key', 'sk-aaaaa', '--key=sk-b=bbbb', '--reset']);
    expect(options).toMatchObject({ port: 0, tlsPort: 0, keys: ['sk-aaaaa', 'sk-b=bbbb'], reset: true });
  });

  it.each([
    ['simulator', { kind: 'simulator' }],
    ['aws', { kind: 'aws' }],
    ['https://vpce.example:8443/x', { kind: 'url', url: 'https://vpce.example:8443/x' }],
  ])('understands --upstream %s', (text, upstream) => {
    expect(parseOptions(['--upstream', text]).upstream).toEqual(upstream);
  });

  it('turns LiteLLM off, and takes a Python for it', () => {
    expect(parseOptions(['--no-litellm', '-h'])).toMatchObject({ help: true, litellm: 'off' });
    expect(parseOptions(['--litellm-python', '/opt/litellm'])).toMatchObject({
      litellm: 'on',
      litellmPython: '/opt/litellm',
    });
  });

  it.each([
    ['an unknown option', ['--prot', '1'], /--prot[\s\S]*--port/],
    ['a stray word', ['start'], /start/],
    ['a value that is missing', ['--port'], /--port needs a value/],
    ['a value that is the next option', ['--state', '--reset'], /--state needs a value/],
    ['an empty value', ['--state='], /--state needs a value/],
    ['a port that is no number', ['--port', '30a0'], /--port 30a0/],
    ['a port out of range', ['--tls-port', '65536'], /--tls-port 65536/],
    ['the same port twice', ['--port', '4000', '--tls-port', '4000'], /both 4000/],
    ['an unknown upstream', ['--upstream', 'azure'], /--upstream azure/],
    ['a key without sk-', ['--key', 'abcdefgh'], /--key/],
    ['a key with a space', ['--key', 'sk-abc def'], /--key/],
    ['a URL that is no database', ['--database-url', 'http://x/y'], /--database-url/],
    ['a database URL without a database', ['--database-url', 'postgres://x'], /--database-url/],
    ['an option given twice', ['--port', '1', '--port', '2'], /--port is given twice/],
    ['a value for a switch', ['--reset=yes'], /--reset takes no value/],
    ['a Python for no LiteLLM', ['--no-litellm', '--litellm-python', 'python3'], /exclude each other/],
  ])('refuses %s with exit code 2 and a mend', (_name, args, said) => {
    const failure = failureOf(() => parseOptions(args));
    expect(failure.exitCode).toBe(2);
    expect(`${failure.message} ${failure.mend}`).toMatch(said);
    expect(failure.mend).toBeTruthy();
  });
});

function failureOf(work: () => unknown): LaunchFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof LaunchFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
