import { supportedLitellmVersion } from '@genai-gateway/litellm';
import { expect, test } from 'vitest';
import { ConfigError } from '../gateway-config.ts';
import { handedThrough } from './gateway-variables.ts';
import { readDeployment } from './read-deployment.ts';
import { deploymentSchema, type VariableName, variableNames } from './variables.ts';

const providers =
  'OPENAI AZURE_OPENAI AZURE ANTHROPIC GROQ COHERE CO HUGGINGFACE DATABRICKS GEMINI CODESTRAL MISTRAL AZURE_AI NVIDIA_NIM XAI PERPLEXITYAI GITHUB DEEPSEEK AI21 LANGSMITH';

/** Every variable of the Terraform sample that this gateway replaces, with its default where it has one. */
const original: [string, unknown?][] = [
  ...providers.split(' ').map((provider) => [`${provider}_API_KEY`] as [string]),
  ...(
    'HF_TOKEN LANGSMITH_PROJECT LANGSMITH_DEFAULT_RUN_NAME LANGFUSE_PUBLIC_KEY LANGFUSE_SECRET_KEY LANGFUSE_HOST ' +
    'HOSTED_ZONE_NAME RECORD_NAME CERTIFICATE_ARN OKTA_ISSUER OKTA_AUDIENCE EXISTING_VPC_ID EXISTING_EKS_CLUSTER_NAME'
  )
    .split(' ')
    .map((name) => [name] as [string]),
  ['LITELLM_VERSION'],
  ['CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC'],
  ['DEPLOYMENT_PLATFORM'],
  ['DISABLE_OUTBOUND_NETWORK_ACCESS', false],
  ['CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC', false],
  ['INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER', false],
  ['DESIRED_CAPACITY', 2],
  ['MIN_CAPACITY', 2],
  ['MAX_CAPACITY', 4],
  ['ECS_CPU_TARGET_UTILIZATION_PERCENTAGE', 50],
  ['ECS_MEMORY_TARGET_UTILIZATION_PERCENTAGE', 40],
  // Two in the original, where every call went through LiteLLM.
  ['ECS_VCPUS', 1],
  ['EKS_ARM_INSTANCE_TYPE', 't4g.medium'],
  ['EKS_X86_INSTANCE_TYPE', 't3.medium'],
  ['EKS_ARM_AMI_TYPE'],
  ['EKS_X86_AMI_TYPE'],
  ['CPU_ARCHITECTURE'],
  ['PUBLIC_LOAD_BALANCER', true],
  ['RDS_INSTANCE_CLASS'],
  ['RDS_ALLOCATED_STORAGE_GB', 20],
  ['REDIS_NODE_TYPE'],
  ['REDIS_NUM_CACHE_CLUSTERS', 2],
  ['DISABLE_SWAGGER_PAGE', false],
  ['DISABLE_ADMIN_UI', false],
  ['USE_ROUTE53', false],
  ['USE_CLOUDFRONT', true],
  ['CLOUDFRONT_PRICE_CLASS', 'PriceClass_100'],
];

const isOwn = (name: string): name is VariableName => (variableNames as readonly string[]).includes(name);

test.each<[string, unknown?]>(original)('%s of the original is read', (name, unset) => {
  expect(isOwn(name) || handedThrough().includes(name)).toBe(true);
  if (unset !== undefined && isOwn(name)) expect(deploymentSchema.shape[name].parse(undefined)).toEqual(unset);
});

const read = (env: Record<string, string>) => readDeployment({ stage: 'test', region: 'eu-west-1', env });

test.each([
  ['1.106.2', true],
  ['v1.106.2', true],
  ['main-v1.106.2-stable', true],
  ['1.82.7', false],
  ['main-stable', false],
])('LITELLM_VERSION=%s is taken: %s', (version, isTaken) => {
  if (isTaken) expect(read({ LITELLM_VERSION: version }).litellm.version).toBe('1.106.2');
  else expect(() => read({ LITELLM_VERSION: version })).toThrow(ConfigError);
});

test('what the original says in its own words becomes the words of LiteLLM', () => {
  const { litellm } = read({ DISABLE_SWAGGER_PAGE: 'true', DISABLE_ADMIN_UI: 'TRUE', LANGSMITH_PROJECT: 'mine' });
  expect(litellm.environment).toEqual({
    LANGSMITH_PROJECT: 'mine',
    NO_DOCS: 'True',
    NO_REDOC: 'True',
    NO_OPENAPI: 'True',
    DISABLE_ADMIN_UI: 'True',
  });
});

test('the version of LiteLLM is the one whose tables the gateway reads', () => {
  expect(read({}).litellm.version).toBe(supportedLitellmVersion);
});
