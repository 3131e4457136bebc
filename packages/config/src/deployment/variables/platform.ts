import { cidr, flag, listOf, oneOf, roleArn, text } from '../variable-types.ts';

const instanceType = text(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'an instance type such as t4g.medium');
const amiType = text(/^[A-Z0-9]\w+$/, 'an AMI type of EKS such as AL2023_ARM_64_STANDARD');

/** Where the containers run. */
export const platformVariables = {
  DEPLOYMENT_PLATFORM: oneOf(['ECS', 'EKS']).default('ECS').describe('ECS: Fargate tasks. EKS: Kubernetes.'),
  CPU_ARCHITECTURE: oneOf(['arm', 'x86'])
    .default('arm')
    .describe('The processors of tasks and nodes. arm costs less; images are built for it on any machine with Docker.'),
  EKS_ARM_INSTANCE_TYPE: instanceType.default('t4g.medium').describe('The nodes of a new cluster, with arm.'),
  EKS_X86_INSTANCE_TYPE: instanceType.default('t3.medium').describe('The nodes of a new cluster, with x86.'),
  EKS_ARM_AMI_TYPE: amiType.default('AL2023_ARM_64_STANDARD').describe('Their images, with arm.'),
  EKS_X86_AMI_TYPE: amiType.default('AL2023_x86_64_STANDARD').describe('Their images, with x86.'),
  EKS_ADMIN_ROLE_ARNS: listOf(roleArn)
    .default([])
    .describe(
      "Roles that administer a new cluster, comma-separated; beside the developers' and operators' roles, which may less.",
    ),
  EKS_API_ALLOWED_CIDRS: listOf(cidr)
    .default([])
    .describe(
      "IPv4 blocks that may reach a new cluster's API server from the internet, comma-separated; unset: the VPC alone.",
    ),
  EKS_ALB_CONTROLLER_CHART: text(/^\S+$/, 'a folder or a .tgz file')
    .optional()
    .describe(
      'The chart of the AWS Load Balancer Controller as a folder or .tgz file; unset: fetched on deployment, which needs a way out.',
    ),
  EKS_ALB_CONTROLLER_IMAGE: text(/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)+:[\w.-]+$/, 'an image with a tag')
    .optional()
    .describe("Its image with its tag; unset: that of the EKS team's repository in the region."),
  EXISTING_EKS_CLUSTER_NAME: text(/^[A-Za-z0-9][\w-]{0,99}$/, 'the name of a cluster')
    .optional()
    .describe('A cluster to deploy into, within EXISTING_VPC_ID; unset: a new one is made.'),
  EKS_KUBECTL_ROLE_ARN: roleArn.optional().describe('The role that may apply manifests to that cluster.'),
  EKS_OIDC_PROVIDER_ARN: text(
    /^arn:aws:iam::\d{12}:oidc-provider\/\S+$/,
    'the ARN of an OIDC provider (arn:aws:iam::<account>:oidc-provider/…)',
  )
    .optional()
    .describe("That cluster's OIDC provider in IAM."),
  EKS_CLUSTER_SECURITY_GROUP_ID: text(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group (sg-…)')
    .optional()
    .describe("That cluster's security group, which its nodes carry."),
  INSTALL_ADD_ONS_IN_EXISTING_EKS_CLUSTER: flag
    .default(false)
    .describe('Whether that cluster gets the add-ons and the load balancer controller; false: it has them.'),
};
