/** Where a gateway is called, with what, and for which model. */
export interface FirstRequests {
  /** For curl and OpenAI's library, without a slash at its end. */
  readonly url: string;
  /** For AWS's library, which speaks TLS. */
  readonly awsUrl: string;
  readonly key: string;
  readonly model: string;
  /** Any: the gateway decides where a model is called. */
  readonly region: string;
  /** A certificate authority that clients do not know by themselves; undefined: none is needed. */
  readonly caFile: string | undefined;
}

/** Three first requests to paste, which work as they stand. */
export function firstRequests({ url, awsUrl, key, model, region, caFile }: FirstRequests): string {
  const trust = caFile === undefined ? '' : `AWS_CA_BUNDLE='${caFile}' `;
  return `curl, a streamed chat in OpenAI's format:

curl -N ${url}/v1/chat/completions \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '{"model": "${model}", "stream": true, "messages": [{"role": "user", "content": "Hello!"}]}'

OpenAI's Python library (pip install openai):

python3 - <<'EOF'
from openai import OpenAI
client = OpenAI(base_url="${url}/v1", api_key="${key}")
reply = client.chat.completions.create(
    model="${model}", messages=[{"role": "user", "content": "Hello!"}])
print(reply.choices[0].message.content)
EOF

AWS's Python library, unmodified (pip install 'boto3>=1.39'):

AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${awsUrl}/bedrock \\
AWS_BEARER_TOKEN_BEDROCK=${key} \\
${trust}AWS_REGION=${region} AWS_DEFAULT_REGION=${region} python3 - <<'EOF'
import boto3
reply = boto3.client("bedrock-runtime").converse(
    modelId="${model}", messages=[{"role": "user", "content": [{"text": "Hello!"}]}])
print(reply["output"]["message"]["content"][0]["text"])
EOF
`;
}
