import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** What every other stack stands on. */
export interface Foundation {
  /** Keys by purpose: stored data, secrets, logs. */
  readonly keys: { readonly data: IKey; readonly secrets: IKey; readonly logs: IKey };
  /** Access logs of load balancer, buckets and CloudFront; SSE-S3, as load balancers need it. */
  readonly accessLogs: IBucket;
  /** For images that are built before a deployment; the others go to CDK's own repository. */
  readonly repositories: { readonly gateway: IRepository; readonly litellm: IRepository };
  /** Roles that people take, by `stacks/access/people.ts`; what they may do is said in `build-access.ts` beside it. */
  readonly people: { readonly developers: IRole; readonly operators: IRole };
}
