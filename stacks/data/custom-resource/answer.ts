/**
 * The part of CloudFormation's protocol that our own resources need.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html (as of 2026-11-23).
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

/** Makes or changes the resource and gives its id; what it throws fails the deployment with its message. */
export type Work = (event: CustomResourceEvent) => Promise<string>;

/**
 * A Lambda handler that does the work of each event and tells CloudFormation how it ended, always. There is none at
 * the end: what our resources make goes with the secret or the bucket that it is in.
 */
export function answering(work: Work): (event: CustomResourceEvent) => Promise<void> {
  return async (event) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const done = event.RequestType === 'Delete' ? Promise.resolve(event.PhysicalResourceId ?? RequestId) : work(event);
    const outcome = await done.then(
      (PhysicalResourceId) => ({ Status: 'SUCCESS', PhysicalResourceId }),
      (error: unknown) => {
        console.error(error);
        return {
          Status: 'FAILED',
          Reason: error instanceof Error ? `${error.name}: ${error.message}` : 'an error that says nothing',
          PhysicalResourceId: event.PhysicalResourceId ?? `not-made-${RequestId}`,
        };
      },
    );
    const body = JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId });
    // A presigned URL of S3, whose signature knows no content type.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
    // Lambda runs the event again; all work here may be done twice.
    if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
  };
}

/** A property of the resource that has to be a text. */
export function textOf({ ResourceProperties }: CustomResourceEvent, name: string): string {
  const value = ResourceProperties[name];
  if (typeof value !== 'string' || value === '') throw new Error(`The property ${name} is missing.`);
  return value;
}
