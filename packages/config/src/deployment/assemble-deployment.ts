import { instanceClassOf } from './checks/capacity-checks.ts';
import { scenarioOf, wholeName } from './checks/entrance-checks.ts';
import { gatewayEnvironment } from './checks/gateway-checks.ts';
import { bringsAddOns, hasParts } from './checks/network-checks.ts';
import type { Deployment, DomainName, EntrancePlan, NetworkPlan, PlatformPlan, Scaling } from './deployment.ts';
import type { CheckedInput } from './fault.ts';
import { litellmMemoryMib, maxConnectionsOf, memoryGibOf } from './sizes.ts';
import { callbackVariables } from './variables/provider-keys.ts';
import { providerKeyNames, type Variables } from './variables.ts';

/** What was read and found free of faults, in the words of the stacks. */
export function assembleDeployment({ stage, region, isProduction, variables, given }: CheckedInput): Deployment {
  const scaling: Scaling = {
    desired: variables.DESIRED_CAPACITY,
    min: variables.MIN_CAPACITY,
    max: variables.MAX_CAPACITY,
    cpuTargetPercent: variables.ECS_CPU_TARGET_UTILIZATION_PERCENTAGE,
    memoryTargetPercent: variables.ECS_MEMORY_TARGET_UTILIZATION_PERCENTAGE,
  };
  const instanceClass = instanceClassOf(variables);
  return {
    stage,
    region,
    isProduction,
    entrance: entranceOf(variables),
    network: networkOf(variables, isProduction),
    platform: platformOf(variables),
    architecture: variables.CPU_ARCHITECTURE,
    gateway: {
      vcpus: variables.GATEWAY_VCPUS,
      memoryMib: variables.GATEWAY_MEMORY_MIB,
      scaling,
      openStreamsTarget: variables.GATEWAY_OPEN_STREAMS_TARGET,
      longestStreamSeconds: variables.LONGEST_STREAM_SECONDS,
      databasePoolSize: variables.DATABASE_POOL_SIZE,
      image: variables.GATEWAY_IMAGE,
      environment: gatewayEnvironment(given),
    },
    litellm: {
      version: variables.LITELLM_VERSION,
      vcpus: variables.ECS_VCPUS,
      memoryMib: litellmMemoryMib(variables),
      scaling,
      databasePoolSize: variables.LITELLM_DATABASE_POOL_SIZE,
      image: variables.LITELLM_IMAGE,
      environment: litellmEnvironment(variables),
      providerKeys: chosen(variables, providerKeyNames),
    },
    database: {
      instanceClass,
      allocatedStorageGb: variables.RDS_ALLOCATED_STORAGE_GB,
      backupRetentionDays: variables.RDS_BACKUP_RETENTION_DAYS,
      maxConnections: maxConnectionsOf(memoryGibOf(instanceClass) ?? 0),
    },
    cache: { nodeType: variables.REDIS_NODE_TYPE, nodes: variables.REDIS_NUM_CACHE_CLUSTERS },
    waf: { rateLimit: variables.WAF_RATE_LIMIT },
    models: {
      configFile: variables.MODEL_CONFIG_FILE,
      access: variables.BEDROCK_MODEL_ACCESS,
      regions: [...new Set([region, ...variables.BEDROCK_REGIONS])],
    },
    history: { retentionDays: variables.HISTORY_RETENTION_DAYS },
    requestLog: { content: variables.REQUEST_LOG_CONTENT },
    rotation: { everyDays: variables.SECRET_ROTATION_DAYS === 0 ? undefined : variables.SECRET_ROTATION_DAYS },
    operations: { logRetentionDays: variables.LOG_RETENTION_DAYS, alarmEmail: variables.ALARM_EMAIL },
    helpers: { fakeLlm: variables.LOAD_TEST_SERVER, jumpHost: variables.JUMP_HOST },
  };
}

function entranceOf(variables: Variables): EntrancePlan {
  const allowedCidrs = variables.ALLOWED_CIDRS;
  const certificateArn = variables.CERTIFICATE_ARN ?? '';
  switch (scenarioOf(variables)) {
    case 2:
      return {
        kind: 'cloudfront-domain',
        ...cloudFrontOf(variables),
        domain: domainOf(variables),
        viewerCertificateArn: certificateArn,
        certificateArn: variables.ALB_CERTIFICATE_ARN,
      };
    case 3:
      return { kind: 'direct-alb', domain: domainOf(variables), certificateArn, allowedCidrs };
    case 4:
      return {
        kind: 'private',
        domain: domainOf(variables),
        privateZone:
          variables.EXISTING_VPC_ID === undefined || variables.CREATE_PRIVATE_HOSTED_ZONE_IN_EXISTING_VPC
            ? 'create'
            : 'existing',
        certificateArn,
        allowedCidrs,
      };
    default:
      return { kind: 'cloudfront', ...cloudFrontOf(variables) };
  }
}

function cloudFrontOf(variables: Variables) {
  return {
    origin: variables.CLOUDFRONT_VPC_ORIGIN ? 'vpc' : 'public',
    priceClass: variables.CLOUDFRONT_PRICE_CLASS,
    readTimeoutSeconds: variables.CLOUDFRONT_READ_TIMEOUT_SECONDS,
    secretGeneration: variables.CLOUDFRONT_SECRET_GENERATION,
    webAclArn: variables.CLOUDFRONT_WEB_ACL_ARN,
  } as const;
}

function domainOf(variables: Variables): DomainName {
  const [zoneName, record] = [variables.HOSTED_ZONE_NAME ?? '', variables.RECORD_NAME ?? ''];
  return { zoneName, zoneId: variables.HOSTED_ZONE_ID, name: wholeName(record, zoneName) };
}

function networkOf(variables: Variables, isProduction: boolean): NetworkPlan {
  const outbound = variables.DISABLE_OUTBOUND_NETWORK_ACCESS ? 'none' : 'nat';
  const endpoints = outbound === 'none' ? 'all' : (variables.VPC_ENDPOINTS ?? 'bedrock');
  if (variables.EXISTING_VPC_ID === undefined) {
    const zones = variables.AVAILABILITY_ZONES;
    const natGateways = variables.NAT_GATEWAYS ?? (isProduction ? zones : 1);
    return {
      vpc: { kind: 'new', cidr: variables.VPC_CIDR, availabilityZones: zones, natGateways },
      outbound,
      endpoints,
    };
  }
  return {
    vpc: {
      kind: 'existing',
      vpcId: variables.EXISTING_VPC_ID,
      parts: hasParts(variables)
        ? {
            cidr: variables.EXISTING_VPC_CIDR ?? '',
            availabilityZones: variables.EXISTING_VPC_AVAILABILITY_ZONES,
            publicSubnetIds: variables.EXISTING_PUBLIC_SUBNET_IDS,
            privateSubnetIds: variables.EXISTING_PRIVATE_SUBNET_IDS,
            privateRouteTableIds: variables.EXISTING_PRIVATE_ROUTE_TABLE_IDS,
          }
        : undefined,
    },
    outbound,
    endpoints: variables.CREATE_VPC_ENDPOINTS_IN_EXISTING_VPC ? endpoints : 'none',
  };
}

function platformOf(variables: Variables): PlatformPlan {
  if (variables.DEPLOYMENT_PLATFORM === 'ECS') return { kind: 'ecs' };
  const isArm = variables.CPU_ARCHITECTURE === 'arm';
  return {
    kind: 'eks',
    cluster:
      variables.EXISTING_EKS_CLUSTER_NAME === undefined
        ? {
            kind: 'new',
            instanceType: isArm ? variables.EKS_ARM_INSTANCE_TYPE : variables.EKS_X86_INSTANCE_TYPE,
            amiType: isArm ? variables.EKS_ARM_AMI_TYPE : variables.EKS_X86_AMI_TYPE,
            adminRoleArns: variables.EKS_ADMIN_ROLE_ARNS,
            apiAllowedCidrs: variables.EKS_API_ALLOWED_CIDRS,
          }
        : {
            kind: 'existing',
            name: variables.EXISTING_EKS_CLUSTER_NAME,
            kubectlRoleArn: variables.EKS_KUBECTL_ROLE_ARN ?? '',
            oidcProviderArn: variables.EKS_OIDC_PROVIDER_ARN ?? '',
            securityGroupId: variables.EKS_CLUSTER_SECURITY_GROUP_ID ?? '',
            addOns: bringsAddOns(variables) ? 'install' : 'present',
          },
    albControllerChart: variables.EKS_ALB_CONTROLLER_CHART,
    albControllerImage: variables.EKS_ALB_CONTROLLER_IMAGE,
  };
}

/**
 * LiteLLM's own names for what the original called otherwise.
 * Source: LiteLLM 1.106.2, proxy/utils.py (NO_DOCS, NO_REDOC, NO_OPENAPI), proxy/common_utils/admin_ui_utils.py
 * (read 2026-11-23).
 */
function litellmEnvironment(variables: Variables): Record<string, string> {
  const names = Object.keys(callbackVariables) as readonly (keyof typeof callbackVariables)[];
  return {
    ...chosen(variables, names),
    ...(variables.DISABLE_SWAGGER_PAGE ? { NO_DOCS: 'True', NO_REDOC: 'True', NO_OPENAPI: 'True' } : {}),
    ...(variables.DISABLE_ADMIN_UI ? { DISABLE_ADMIN_UI: 'True' } : {}),
  };
}

function chosen<Name extends keyof Variables>(variables: Variables, names: readonly Name[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (variables[name] === undefined ? [] : [[name, String(variables[name])]])),
  );
}
