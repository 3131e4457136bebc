import { at } from '../json.ts';
import type { RawResource, Template } from '../templates.ts';

const unknown = "moto's CloudFormation does not make it";
const custom = 'its function would have to run, for which moto needs Docker';

/**
 * Types of resources that moto's CloudFormation does not make, each with the reason. Everything else of the variant is
 * deployed: a new type here is a promise less that the rehearsal tests.
 */
export const leftOutTypes: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': unknown,
  'AWS::ApplicationAutoScaling::ScalingPolicy': unknown,
  'AWS::Athena::NamedQuery': unknown,
  'AWS::Athena::WorkGroup': unknown,
  'AWS::CloudWatch::Alarm': unknown,
  'AWS::EC2::SecurityGroupEgress': "moto's CloudFormation does not make rules outwards, neither apart nor in the group",
  'AWS::ElastiCache::ParameterGroup': unknown,
  'AWS::ElastiCache::ReplicationGroup': unknown,
  'AWS::ElastiCache::SubnetGroup': unknown,
  'AWS::ElastiCache::User': unknown,
  'AWS::ElastiCache::UserGroup': unknown,
  'AWS::Glue::Database': unknown,
  'AWS::Glue::Table': unknown,
  'AWS::Lambda::EventInvokeConfig': unknown,
  'AWS::Logs::MetricFilter': unknown,
  'AWS::S3::BucketPolicy': unknown,
  'AWS::SNS::TopicPolicy': unknown,
  'AWS::SQS::QueuePolicy': unknown,
  'AWS::SecretsManager::Secret': unknown,
  'AWS::SecretsManager::SecretTargetAttachment': unknown,
  'AWS::ServiceDiscovery::HttpNamespace': unknown,
  'AWS::StepFunctions::StateMachine': 'moto makes up a name that is longer than it takes itself',
  'AWS::WAFv2::LoggingConfiguration': unknown,
  'AWS::WAFv2::WebACL': unknown,
  'AWS::WAFv2::WebACLAssociation': unknown,
  'Custom::DatabaseMigration': custom,
  'Custom::FirstValueOfSecret': custom,
  'Custom::ModelConfig': custom,
  'Custom::S3AutoDeleteObjects': custom,
  'Custom::VpcRestrictDefaultSG': custom,
};

/** A template as moto can take it, and what was left out of it, as `Type LogicalId`. */
export interface Trimmed {
  readonly template: Template;
  readonly leftOut: readonly string[];
}

/** Properties that moto reads otherwise than AWS: dropped, or given as moto reads them. */
export const propertiesOfMoto: readonly PropertyOfMoto[] = [
  {
    type: 'AWS::KMS::Key',
    property: 'KeyPolicy',
    becomes: (value) => ['KeyPolicy', { 'Fn::ToJsonString': value }],
    reason: 'moto reads the policy as text, and fails on every call of a key whose policy is an object',
  },
  {
    type: 'AWS::RDS::DBInstance',
    property: 'DBParameterGroupName',
    reason: 'moto takes the Ref of a parameter group for an object and fails',
  },
  {
    type: 'AWS::RDS::DBInstance',
    property: 'VPCSecurityGroups',
    becomes: (value) => ['VpcSecurityGroupIds', value],
    reason: 'moto reads them under the name that they have in the API',
  },
];

interface PropertyOfMoto {
  readonly type: string;
  readonly property: string;
  /** Undefined: dropped. */
  readonly becomes?: (value: unknown) => readonly [name: string, value: unknown];
  readonly reason: string;
}

function asMotoReads({ Properties: properties, Type: type, ...rest }: RawResource): RawResource {
  const read = { ...properties };
  for (const { property, becomes } of propertiesOfMoto.filter((each) => each.type === type)) {
    if (!(property in read)) continue;
    const given = becomes?.(read[property]);
    delete read[property];
    if (given !== undefined) read[given[0]] = given[1];
  }
  return { Type: type, ...rest, Properties: read };
}

/** Leaves out what moto does not know; a reference to it becomes a text of the right form. */
export function trimmed(template: Template, place: { readonly account: string; readonly region: string }): Trimmed {
  const gone = new Map(Object.entries(template.Resources).filter(([, { Type }]) => Type in leftOutTypes));
  const standIn = (id: string, attribute: string | undefined): unknown => {
    const resource = gone.get(id);
    if (attribute === 'Arn' || (attribute === undefined && arnAsRef.has(resource?.Type ?? ''))) {
      return arnOf(resource, id, place);
    }
    return `left-out-${id}${attribute === undefined ? '' : `-${attribute.toLowerCase()}`}`;
  };
  const replace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    const reference = at(value, 'Ref');
    if (typeof reference === 'string' && gone.has(reference)) return standIn(reference, undefined);
    const attribute = at(value, 'Fn::GetAtt');
    if (Array.isArray(attribute) && gone.has(String(attribute[0]))) {
      return standIn(String(attribute[0]), String(attribute[1]));
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]));
  };
  const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id));
  const resources = kept.map(([id, resource]) => {
    const dependsOn = [resource.DependsOn ?? []].flat().filter((each) => !gone.has(each));
    return [id, { ...(replace(asMotoReads(resource)) as RawResource), DependsOn: dependsOn }] as const;
  });
  return {
    template: {
      ...template,
      Resources: Object.fromEntries(resources),
      ...(template.Outputs === undefined ? {} : { Outputs: replace(template.Outputs) as Template['Outputs'] }),
    },
    leftOut: [...gone].map(([id, { Type }]) => `${Type} ${id}`),
  };
}

/** Types whose Ref is an ARN (the "Return values" of their pages in CloudFormation's reference, as of 2026-11-23). */
const arnAsRef = new Set(['AWS::SecretsManager::Secret', 'AWS::StepFunctions::StateMachine']);

function arnOf(
  resource: RawResource | undefined,
  id: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  const service = resource?.Type.split('::')[1]?.toLowerCase() ?? 'unknown';
  const separator = service === 'secretsmanager' ? 'secret:' : '';
  return `arn:aws:${service}:${region}:${account}:${separator}left-out-${id}`;
}
