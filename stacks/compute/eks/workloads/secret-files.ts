import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { SecretValue } from '../../service-settings.ts';
import type { SecretProviderClass } from './kubernetes-object.ts';

/** Where a container finds its secrets: a file for each variable, which its program reads by SECRETS_DIR. */
export const secretsFolder = '/mnt/secrets';

/**
 * The secrets of a pod as files that are named like its variables. The driver fetches them with the pod's own role when
 * the pod starts, into memory of the node; no Kubernetes secret is made of them.
 *
 * AWS's provider writes a secret of which fields are taken as a whole, too, so that file gets a name that is no
 * variable's, and programs pass it over.
 * Source: https://github.com/aws/secrets-store-csi-driver-provider-aws (read 2026-11-23).
 */
export function secretProviderClass(
  name: string,
  namespace: string,
  region: string,
  secrets: Readonly<Record<string, SecretValue>>,
): SecretProviderClass {
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    metadata: { name, namespace },
    // The provider takes YAML, and JSON is YAML.
    spec: {
      provider: 'aws',
      parameters: { region, usePodIdentity: 'true', objects: JSON.stringify(secretObjects(secrets)) },
    },
  };
}

/** The volume of these secrets, as a pod names it. */
export function secretsVolume(secretProviderClassName: string) {
  return {
    name: 'secrets',
    csi: {
      driver: 'secrets-store.csi.k8s.io',
      readOnly: true,
      volumeAttributes: { secretProviderClass: secretProviderClassName },
    },
  };
}

interface SecretObject {
  readonly objectName: string;
  readonly objectType: 'secretsmanager';
  readonly objectAlias: string;
  readonly jmesPath?: readonly { readonly path: string; readonly objectAlias: string }[];
}

function secretObjects(secrets: Readonly<Record<string, SecretValue>>): readonly SecretObject[] {
  const entries = Object.entries(secrets);
  const whole = entries.flatMap(([variable, { secret, field }]) =>
    field === undefined ? [{ ...named(secret), objectAlias: variable }] : [],
  );
  const inParts = [...new Set(entries.flatMap(([, { secret, field }]) => (field === undefined ? [] : [secret])))].map(
    (secret, index) => ({
      ...named(secret),
      objectAlias: `whole-${index}`,
      jmesPath: entries.flatMap(([objectAlias, each]) =>
        each.secret === secret && each.field !== undefined ? [{ path: each.field, objectAlias }] : [],
      ),
    }),
  );
  return [...whole, ...inParts];
}

function named(secret: ISecret) {
  return { objectName: secret.secretArn, objectType: 'secretsmanager' as const };
}
