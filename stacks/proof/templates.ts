/** A CloudFormation template as JSON, as far as it is read here. */
export interface Template {
  Resources: Record<string, RawResource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown }; Description?: string }>;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
}

export interface RawResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/**
 * All templates of a deployment: by the id of the stack (`network`), and a nested stack by its parent's id and its own
 * logical id (`compute/KubectlProvider…`).
 */
export type Templates = Readonly<Record<string, Template>>;

/** Where the templates are deployed: what pseudo parameters stand for. */
export interface Place {
  readonly account: string;
  readonly region: string;
}
