import { describeDeployment } from '@genai-gateway/config';
import type { Answers, Choice, Keys, Option, Picks, Question, Section } from './steps.ts';

type Step = Question | Choice | Keys;
type When = Question['when'];

const always: When = () => true;
const picked =
  (choice: string, ...options: readonly string[]): When =>
  (picks) =>
    options.includes(picks.get(choice) ?? '');
const both =
  (...all: readonly When[]): When =>
  (picks, answers) =>
    all.every((each) => each(picks, answers));

const question = (name: string, asks: string, more: Partial<Question> = {}): Question => ({
  kind: 'question',
  name,
  asks,
  when: always,
  recommended: undefined,
  isRequired: false,
  ...more,
});

const is = (name: string, value: string) => (answers: Answers) => answers.get(name)?.toLowerCase() === value;
const isSet = (name: string) => (answers: Answers) => answers.has(name);
const never = () => false;
const option = (name: string, says: string, sets: Option['sets'], isChosen: Option['isChosen'] = never): Option => ({
  name,
  says,
  sets,
  isChosen,
});

const scenario = (cloudfront: boolean, route53: boolean, isPublic: boolean) => ({
  USE_CLOUDFRONT: String(cloudfront),
  USE_ROUTE53: String(route53),
  PUBLIC_LOAD_BALANCER: String(isPublic),
});

const entrance: Section = {
  title: 'How requests come in',
  explains: `Four scenarios:
  1  CloudFront, with its own name and certificate. Needs nothing. Clients call https://….cloudfront.net.
  2  CloudFront, with a name of yours. Needs a public hosted zone in Route 53 and a certificate of that name in us-east-1.
  3  The load balancer itself, open to the internet or to addresses that you name. Needs a public hosted zone, and a
     certificate of that name in the region of the deployment.
  4  The load balancer, for private addresses alone: a VPN, Direct Connect or peering. Needs a certificate in the region of
     the deployment; the private hosted zone can be made. Nothing is reachable from the internet.
A web ACL stands in front in all of them.`,
  steps: [
    {
      kind: 'choice',
      name: 'scenario',
      asks: 'Which scenario?',
      when: always,
      options: [
        option('1', "CloudFront's own name", scenario(true, false, true)),
        option(
          '2',
          'a name of yours, CloudFront',
          scenario(true, true, true),
          (answers) => is('USE_ROUTE53', 'true')(answers) && !is('USE_CLOUDFRONT', 'false')(answers),
        ),
        option(
          '3',
          'a name of yours, the load balancer',
          scenario(false, true, true),
          (answers) => is('USE_CLOUDFRONT', 'false')(answers) && !is('PUBLIC_LOAD_BALANCER', 'false')(answers),
        ),
        option('4', 'private', scenario(false, true, false), is('PUBLIC_LOAD_BALANCER', 'false')),
      ],
    },
    question('HOSTED_ZONE_NAME', 'Name of the hosted zone, such as example.com:', {
      when: picked('scenario', '2', '3', '4'),
      isRequired: true,
    }),
    question('HOSTED_ZONE_ID', 'Its id (Z…; empty: looked up by the name):', {
      when: picked('scenario', '2', '3', '4'),
    }),
    question('RECORD_NAME', 'What clients call, such as ai.example.com:', {
      when: picked('scenario', '2', '3', '4'),
      isRequired: true,
    }),
    question('CERTIFICATE_ARN', 'ARN of its certificate (scenario 2: in us-east-1; 3 and 4: in the region):', {
      when: picked('scenario', '2', '3', '4'),
      isRequired: true,
    }),
    question(
      'ALB_CERTIFICATE_ARN',
      'ARN of its certificate in the region, for the load balancer (empty: one is made):',
      {
        when: picked('scenario', '2'),
      },
    ),
    question('CLOUDFRONT_VPC_ORIGIN', 'Keep the load balancer off the internet, by a VPC origin? (true, false)', {
      when: picked('scenario', '1', '2'),
      recommended: 'true',
    }),
    question('ALLOWED_CIDRS', 'Who may connect, as IPv4 blocks (empty: in 3 everybody, in 4 the VPC):', {
      when: picked('scenario', '3', '4'),
    }),
  ],
};

const network: Section = {
  title: 'Network',
  explains: `A new VPC has public, private and isolated subnets in two zones, and a NAT gateway. An existing one is looked up when it
is deployed, or described here. Without a way out everything of AWS is reached by VPC endpoints (each has its price), and
other providers, logins by URL and public images are not reached at all.`,
  steps: [
    {
      kind: 'choice',
      name: 'vpc',
      asks: 'Which VPC?',
      when: always,
      options: [
        option('new', 'a new one', {}),
        option('existing', 'one that is there, looked up', {}, isSet('EXISTING_VPC_ID')),
        option('described', 'one that is there, described now', {}, isSet('EXISTING_VPC_CIDR')),
      ],
    },
    question('EXISTING_VPC_ID', 'Its id:', { when: picked('vpc', 'existing', 'described'), isRequired: true }),
    question('EXISTING_VPC_CIDR', 'Its IPv4 block:', { when: picked('vpc', 'described'), isRequired: true }),
    question('EXISTING_VPC_AVAILABILITY_ZONES', 'Its zones, comma-separated:', {
      when: picked('vpc', 'described'),
      isRequired: true,
    }),
    question('EXISTING_PRIVATE_SUBNET_IDS', 'Its private subnets, one per zone:', {
      when: picked('vpc', 'described'),
      isRequired: true,
    }),
    question('EXISTING_PUBLIC_SUBNET_IDS', 'Its public subnets, one per zone (empty: none):', {
      when: picked('vpc', 'described'),
    }),
    question(
      'EXISTING_PRIVATE_ROUTE_TABLE_IDS',
      'Route tables of the private subnets (empty: no gateway endpoints are made):',
      {
        when: picked('vpc', 'described'),
      },
    ),
    question('VPC_CIDR', 'Its IPv4 block:', { when: picked('vpc', 'new'), recommended: '10.0.0.0/16' }),
    question('CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC', 'Make the private hosted zone? (true, false)', {
      when: both(picked('vpc', 'existing', 'described'), picked('scenario', '4')),
      recommended: 'false',
    }),
    {
      kind: 'choice',
      name: 'outbound',
      asks: 'Is there a way out?',
      when: always,
      options: [
        option('nat', 'yes, by NAT', { DISABLE_OUTBOUND_NETWORK_ACCESS: '' }),
        option(
          'none',
          'no',
          { DISABLE_OUTBOUND_NETWORK_ACCESS: 'true' },
          is('DISABLE_OUTBOUND_NETWORK_ACCESS', 'true'),
        ),
      ],
    },
    question('CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC', 'Make VPC endpoints in it? (true, false)', {
      when: picked('vpc', 'existing', 'described'),
      recommended: 'false',
    }),
  ],
};

const existingCluster = picked('platform', 'existing');

const platform: Section = {
  title: 'Platform',
  explains: `Fargate needs no machines to look after, and costs less at this size. EKS is for those who run Kubernetes anyway.
arm costs less than x86; its images are built on any machine with Docker, on an x86 one by emulation.`,
  steps: [
    {
      kind: 'choice',
      name: 'platform',
      asks: 'Where do the containers run?',
      when: always,
      options: [
        option('ecs', 'ECS on Fargate', { DEPLOYMENT_PLATFORM: 'ECS' }),
        option('eks', 'a new EKS cluster', { DEPLOYMENT_PLATFORM: 'EKS' }, is('DEPLOYMENT_PLATFORM', 'eks')),
        option(
          'existing',
          'an EKS cluster that is there (in an existing VPC)',
          { DEPLOYMENT_PLATFORM: 'EKS' },
          isSet('EXISTING_EKS_CLUSTER_NAME'),
        ),
      ],
    },
    question('EXISTING_EKS_CLUSTER_NAME', 'Name of the cluster:', { when: existingCluster, isRequired: true }),
    question('EKS_KUBECTL_ROLE_ARN', 'ARN of the role that may apply manifests:', {
      when: existingCluster,
      isRequired: true,
    }),
    question('EKS_OIDC_PROVIDER_ARN', 'ARN of its OIDC provider:', { when: existingCluster, isRequired: true }),
    question('EKS_CLUSTER_SECURITY_GROUP_ID', 'Its security group:', { when: existingCluster, isRequired: true }),
    question('INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER', 'Install add-ons and load balancer controller? (true, false)', {
      when: existingCluster,
      recommended: 'false',
    }),
    question(
      'EKS_ALB_CONTROLLER_CHART',
      'Chart of the load balancer controller, a folder or .tgz (empty: fetched, which needs a way out):',
      {
        when: picked('platform', 'eks', 'existing'),
      },
    ),
    question('CPU_ARCHITECTURE', 'Processors? (arm, x86)', { recommended: 'arm' }),
  ],
};

const hasWayOut: When = picked('outbound', 'nat');

const models: Section = {
  title: 'Models, keys and logins',
  explains: `Every supported region has a list of Bedrock's models by default; more are added in the Admin UI, or by a list of your own.
Keys of other providers go to Secrets Manager, for LiteLLM alone, and are not shown here.`,
  steps: [
    question('MODEL_CONFIG_FILE', "LiteLLM's config.yaml with your models (empty: the list of the region):"),
    question('BEDROCK_MODEL_ACCESS', 'What may be called of Bedrock? (listed, all-foundation-models)', {
      recommended: 'listed',
    }),
    {
      kind: 'keys',
      when: hasWayOut,
      names: describeDeployment()
        .groups.flatMap(({ variables }) => variables)
        .filter(({ isSecret }) => isSecret)
        .map(({ name }) => name),
    },
    question('OKTA_ISSUER', 'Issuer of logins, such as https://example.okta.com/oauth2/default (empty: keys alone):', {
      when: hasWayOut,
    }),
    question('OKTA_AUDIENCE', 'Audience of its tokens:', {
      when: both(hasWayOut, (_: Picks, answers) => answers.has('OKTA_ISSUER')),
      isRequired: true,
    }),
  ],
};

const operation: Section = {
  title: 'Operation',
  explains: `The defaults carry a few hundred open streams for a team. docs/deployment-variables.md has what can be set besides.`,
  steps: [
    question('ALARM_EMAIL', 'E-mail address for alarms (empty: none):'),
    question('MAX_CAPACITY', 'The most tasks of each service:', { recommended: '4' }),
    question('RDS_INSTANCE_CLASS', 'Instance of Postgres:', { recommended: 'db.t4g.small' }),
    question('JUMP_HOST', 'A machine in the VPC to try it from, by Session Manager? (true, false)', {
      when: picked('scenario', '4'),
      recommended: 'false',
    }),
  ],
};

/** All questions, in their order. */
export const sections: readonly Section[] = [entrance, network, platform, models, operation];

/** Every variable that a step may set. */
export function variablesOf(step: Step): readonly string[] {
  if (step.kind === 'question') return [step.name];
  if (step.kind === 'keys') return step.names;
  return [...new Set(step.options.flatMap(({ sets }) => Object.keys(sets)))];
}
