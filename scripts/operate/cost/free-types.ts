/**
 * Types that cost nothing by themselves, or so little at any traffic of ours that a cent is not reached: events, a topic,
 * queues of what failed, the catalogue of one table; Athena is paid by the query. Anything that is neither here nor has an estimator is named as unknown.
 */
const free = [
  /^AWS::(IAM|CloudFormation|CDK|SSM::Parameter|Events|SNS|SQS|Glue|Athena|Lambda|ApplicationAutoScaling|CertificateManager|ServiceDiscovery)(::|$)/,
  /^AWS::EC2::(VPC|Subnet|Route|RouteTable|SubnetRouteTableAssociation|InternetGateway|VPCGatewayAttachment|VPCCidrBlock)$/,
  /^AWS::EC2::(SecurityGroup|SecurityGroupIngress|SecurityGroupEgress|FlowLog|LaunchTemplate|PrefixList)$/,
  /^AWS::ElasticLoadBalancingV2::(Listener|ListenerRule|ListenerCertificate|TargetGroup)$/,
  /^AWS::CloudFront::(VpcOrigin|CachePolicy|OriginRequestPolicy|ResponseHeadersPolicy|MonitoringSubscription)$/,
  /^AWS::Route53::RecordSet(Group)?$/,
  /^AWS::WAFv2::(WebACLAssociation|LoggingConfiguration|IPSet)$/,
  /^AWS::ECS::(TaskDefinition|ClusterCapacityProviderAssociations)$/,
  /^AWS::EKS::(AccessEntry|PodIdentityAssociation)$/,
  /^AWS::RDS::(DBSubnetGroup|DBParameterGroup)$/,
  /^AWS::ElastiCache::(SubnetGroup|ParameterGroup|User|UserGroup)$/,
  /^AWS::(S3::BucketPolicy|KMS::Alias|SecretsManager::(ResourcePolicy|SecretTargetAttachment|RotationSchedule))$/,
  /^AWS::Logs::(ResourcePolicy|QueryDefinition|SubscriptionFilter)$/,
  // Step functions and functions behind custom resources run for seconds at a deployment.
  /^AWS::StepFunctions::StateMachine$/,
  /^Custom::/,
];

export function isFree(type: string): boolean {
  return free.some((pattern) => pattern.test(type));
}
