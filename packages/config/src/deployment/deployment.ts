/**
 * What `sst deploy` builds: the deployer's variables, read once, checked, and free of contradictions.
 * The stacks read nothing else. Made by `readDeployment`.
 */
export interface Deployment {
  /** Lower-case letters, digits and dashes; part of most names. */
  readonly stage: string;
  readonly region: string;
  /** Production keeps its data when it is torn down, spreads wider, and is not built from images without a digest. */
  readonly isProduction: boolean;
  readonly entrance: EntrancePlan;
  readonly network: NetworkPlan;
  readonly platform: PlatformPlan;
  readonly architecture: 'arm' | 'x86';
  readonly gateway: GatewayPlan;
  readonly litellm: LitellmPlan;
  readonly database: DatabasePlan;
  readonly cache: CachePlan;
  readonly waf: WafPlan;
  readonly models: ModelPlan;
  readonly history: HistoryPlan;
  readonly requestLog: RequestLogPlan;
  readonly rotation: RotationPlan;
  readonly operations: OperationsPlan;
  readonly helpers: HelperPlan;
}

/** How requests come in: one of the four network scenarios. */
export type EntrancePlan = CloudFrontPlan | CloudFrontDomainPlan | DirectAlbPlan | PrivatePlan;

interface CloudFrontCommon {
  /** The load balancer is internal and reached by CloudFront through the VPC; else public, for CloudFront alone. */
  readonly origin: 'vpc' | 'public';
  readonly priceClass: 'PriceClass_100' | 'PriceClass_200' | 'PriceClass_All';
  /** Longest wait of CloudFront for a byte of the gateway's. */
  readonly readTimeoutSeconds: number;
  /** Counts up to rotate the header's secret; that of this generation is sent, those of this and the one before pass. */
  readonly secretGeneration: number;
  /** The web ACL in us-east-1, made by the first pass of `npm run deploy`; undefined: CloudFront has none. */
  readonly webAclArn: string | undefined;
}

/** 1: CloudFront with its own name and certificate. */
export interface CloudFrontPlan extends CloudFrontCommon {
  readonly kind: 'cloudfront';
}

/** A name in a hosted zone of Route 53. */
export interface DomainName {
  /** Such as `example.com`, without a dot at its end. */
  readonly zoneName: string;
  /** Undefined: looked up by its name at deployment. */
  readonly zoneId: string | undefined;
  /** The whole name that clients call, such as `ai.example.com`. */
  readonly name: string;
}

/** 2: a name of one's own, in front of CloudFront. */
export interface CloudFrontDomainPlan extends CloudFrontCommon {
  readonly kind: 'cloudfront-domain';
  readonly domain: DomainName;
  /** In us-east-1, for CloudFront. */
  readonly viewerCertificateArn: string;
  /** In the deployment's region, for the load balancer; undefined: made, and validated by DNS in the zone. */
  readonly certificateArn: string | undefined;
}

/** 3: the load balancer is open to the internet. */
export interface DirectAlbPlan {
  readonly kind: 'direct-alb';
  readonly domain: DomainName;
  readonly certificateArn: string;
  /** Who may connect, as CIDR blocks, IPv4; empty: everybody. */
  readonly allowedCidrs: readonly string[];
}

/** 4: the load balancer is reached from private addresses only. */
export interface PrivatePlan {
  readonly kind: 'private';
  readonly domain: DomainName;
  /** `create`: a private zone of that name is made, for the VPC; `existing`: it is there. */
  readonly privateZone: 'create' | 'existing';
  readonly certificateArn: string;
  /** Who may connect beside the VPC itself, such as the range of a VPN; IPv4. */
  readonly allowedCidrs: readonly string[];
}

export interface NetworkPlan {
  readonly vpc: NewVpcPlan | ExistingVpcPlan;
  /** `none`: no way out, everything of AWS by VPC endpoints, every image from ECR. */
  readonly outbound: 'nat' | 'none';
  /**
   * Which interface endpoints are made: all that are used, the one of Bedrock's runtime, or none. `outbound: 'none'` comes with
   * `all`, and with `none` only for an existing VPC that has its own.
   */
  readonly endpoints: 'all' | 'bedrock' | 'none';
}

export interface NewVpcPlan {
  readonly kind: 'new';
  readonly cidr: string;
  /** 2 or 3. */
  readonly availabilityZones: number;
  /** Not used without outbound. */
  readonly natGateways: number;
}

export interface ExistingVpcPlan {
  readonly kind: 'existing';
  readonly vpcId: string;
  /** Undefined: VPC, zones and subnets are looked up at deployment. */
  readonly parts:
    | {
        readonly cidr: string;
        readonly availabilityZones: readonly string[];
        /** Empty: there are none. One per zone otherwise. */
        readonly publicSubnetIds: readonly string[];
        readonly privateSubnetIds: readonly string[];
        /** Route tables of the private subnets, in their order; empty: no gateway endpoints for S3 and DynamoDB are made. */
        readonly privateRouteTableIds: readonly string[];
      }
    | undefined;
}

export type PlatformPlan = EcsPlan | EksPlan;

export interface EcsPlan {
  readonly kind: 'ecs';
}

export interface EksPlan {
  readonly kind: 'eks';
  readonly cluster: NewEksClusterPlan | ExistingEksClusterPlan;
  /** The chart of the AWS Load Balancer Controller as a folder or .tgz; undefined: fetched from its page on deployment. */
  readonly albControllerChart: string | undefined;
  /** Repository and tag of its image; undefined: the one of the EKS team in this region. */
  readonly albControllerImage: string | undefined;
}

export interface NewEksClusterPlan {
  readonly kind: 'new';
  readonly instanceType: string;
  /** Such as AL2023_ARM_64_STANDARD. */
  readonly amiType: string;
  /** Roles that get access, beside the developers' and operators' roles. */
  readonly adminRoleArns: readonly string[];
  /** Who may reach the API server from outside the VPC, as CIDR blocks; empty: nobody. */
  readonly apiAllowedCidrs: readonly string[];
}

export interface ExistingEksClusterPlan {
  readonly kind: 'existing';
  readonly name: string;
  readonly kubectlRoleArn: string;
  readonly oidcProviderArn: string;
  readonly securityGroupId: string;
  /** Whether the add-ons and the controller are installed by us. */
  readonly addOns: 'install' | 'present';
}

/** How many tasks or pods. */
export interface Scaling {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly cpuTargetPercent: number;
  readonly memoryTargetPercent: number;
}

export interface GatewayPlan {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly scaling: Scaling;
  /** Open streams per task that autoscaling aims at. */
  readonly openStreamsTarget: number;
  /** The longest stream that a deployment lets end: the deregistration delay of the target group. */
  readonly longestStreamSeconds: number;
  readonly databasePoolSize: number;
  /** A ready image by digest; undefined: built from `containers/gateway` on deployment. */
  readonly image: string | undefined;
  /** Variables of docs/configuration.md that are handed to the gateway as they are. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LitellmPlan {
  /** Always the supported one. */
  readonly version: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly scaling: Scaling;
  readonly databasePoolSize: number;
  /** A ready image by digest; undefined: built from `containers/litellm` on deployment. */
  readonly image: string | undefined;
  /** LiteLLM's own variables that are no secrets, such as LANGSMITH_PROJECT, DISABLE_ADMIN_UI. */
  readonly environment: Readonly<Record<string, string>>;
  /** The providers' keys that were given at deployment, by name of variable. Secrets: for Secrets Manager alone, never for a template. */
  readonly providerKeys: Readonly<Record<string, string>>;
}

export interface DatabasePlan {
  /** Such as `db.t4g.small`, without the `db.` too. */
  readonly instanceClass: string;
  readonly allocatedStorageGb: number;
  readonly backupRetentionDays: number;
  /** `max_connections` of the parameter group. */
  readonly maxConnections: number;
}

export interface CachePlan {
  readonly nodeType: string;
  /** 2 or more: with automatic failover. */
  readonly nodes: number;
}

export interface WafPlan {
  /** Requests per address within five minutes. */
  readonly rateLimit: number;
}

export interface ModelPlan {
  /** LiteLLM's config.yaml that is put into the config bucket; a path. Undefined: `defaultModelConfig(region)`. */
  readonly configFile: string | undefined;
  /** `listed`: the role may call the models of that file; `all-foundation-models`: all of the regions below. */
  readonly access: 'listed' | 'all-foundation-models';
  /** Regions that Bedrock is called in, the deployment's own first. */
  readonly regions: readonly string[];
}

export interface RequestLogPlan {
  /** `all`: prompts and answers too. */
  readonly content: 'none' | 'all';
}

export interface RotationPlan {
  /** Days between two rotations of the logins to database and cache; undefined: on demand alone. */
  readonly everyDays: number | undefined;
}

export interface HistoryPlan {
  readonly retentionDays: number;
}

export interface OperationsPlan {
  readonly logRetentionDays: number;
  /** Gets the alarms; undefined: a topic without subscribers. */
  readonly alarmEmail: string | undefined;
}

export interface HelperPlan {
  readonly fakeLlm: boolean;
  readonly jumpHost: boolean;
}
