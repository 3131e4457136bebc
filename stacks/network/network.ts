import type { IInterfaceVpcEndpoint, ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';

/** The VPC with its doors, whichever way it came to be. */
export interface Network {
  readonly vpc: IVpc;
  readonly subnets: {
    /** Where a load balancer that faces the internet stands; empty: the VPC has none. */
    readonly public: readonly ISubnet[];
    /** Tasks, nodes, functions, an internal load balancer. */
    readonly private: readonly ISubnet[];
    /** Postgres and the cache. In an existing VPC the same as `private`. */
    readonly data: readonly ISubnet[];
  };
  readonly securityGroups: SecurityGroups;
  /** The interface endpoints that were made, by service, such as `bedrock-runtime`. */
  readonly endpoints: Readonly<Record<string, IInterfaceVpcEndpoint>>;
}

/**
 * One per peer, and every rule names a peer (`security-groups.ts`): entrance → load balancer → gateway → LiteLLM;
 * gateway, LiteLLM and the migration → database; gateway and LiteLLM → cache; all of these → endpoints. The
 * functions have a group each: all → database and endpoints, two → cache; nobody connects to them.
 * Nodes of EKS carry those of gateway and LiteLLM both.
 */
export interface SecurityGroups {
  readonly loadBalancer: ISecurityGroup;
  readonly gateway: ISecurityGroup;
  readonly litellm: ISecurityGroup;
  readonly database: ISecurityGroup;
  readonly cache: ISecurityGroup;
  readonly endpoints: ISecurityGroup;
  readonly promptsAdmin: ISecurityGroup;
  readonly chatHistory: ISecurityGroup;
  readonly secretRotation: ISecurityGroup;
}

/** The groups of functions: all of them open connections, and take none. */
export const functionGroups = [
  'promptsAdmin',
  'chatHistory',
  'secretRotation',
] as const satisfies readonly (keyof SecurityGroups)[];

/** Ports within the VPC. */
export const ports = { gatewayHttp: 3000, gatewayTls: 3443, litellm: 4000, database: 5432, cache: 6379 } as const;

/** Of the simulated providers of a load test, where there are any. */
export const loadTestPorts = { bedrock: 8080, openai: 8081 } as const;
