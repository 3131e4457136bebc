import { simulatorCredentials } from '@genai-gateway/local';
import { defaultModelConfig } from '../../../packages/config/src/index.ts';

/** A line of a request log, and the object that it is in. */
interface LoggedLine {
  readonly name: string;
  readonly line: unknown;
}

export interface RequestLogBucket {
  readonly bucket: string;
  /** Makes it, with the `config.yaml` of a deployment in it. */
  make(): Promise<void>;
  /** Of every object, in the order of their names. */
  lines(): Promise<readonly LoggedLine[]>;
}

/** moto wants one where an object is not public, and does not look at the signature. */
const authorization = `AWS4-HMAC-SHA256 Credential=${simulatorCredentials.accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none`;

/** A bucket for request logs in moto's S3. */
export function requestLogs({ url }: { readonly url: string }): RequestLogBucket {
  const bucket = 'request-logs';
  const asked = async (path: string, body?: string): Promise<string> => {
    const reply = await fetch(`${url}/${bucket}${path}`, {
      headers: { authorization },
      ...(body === undefined ? {} : { method: 'PUT', body }),
    });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return reply.text();
  };
  return {
    bucket,
    async make() {
      await asked('', '');
      await asked('/config.yaml', defaultModelConfig('us-east-1', ['OPENAI_API_KEY']));
    },
    async lines() {
      const list = await asked('?list-type=2');
      const names = [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, name = '']) => name);
      const all = names
        .filter((name) => name !== 'config.yaml')
        .map(async (name) => {
          const lines = (await asked(`/${name}`)).trimEnd().split('\n');
          return lines.map((line): LoggedLine => ({ name, line: JSON.parse(line) as unknown }));
        });
      return (await Promise.all(all)).flat();
    },
  };
}
