/** Three first requests that work as they stand, in the order and form in which `npm start` prints them. */
export function firstRequests({ url, key, model, region }: Record<'url' | 'key' | 'model' | 'region', string>): string {
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

AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${url}/bedrock \\
AWS_BEARER_TOKEN_BEDROCK=${key} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} python3 - <<'EOF'
import boto3
reply = boto3.client("bedrock-runtime").converse(
    modelId="${model}", messages=[{"role": "user", "content": [{"text": "Hello!"}]}])
print(reply["output"]["message"]["content"][0]["text"])
EOF
`;
}
