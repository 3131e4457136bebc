import type { Container, PodTemplateSpec, Probe } from 'kubernetes-types/core/v1.js';
import { containerUser } from '../../images.ts';
import type { ContainerSettings } from '../../service-settings.ts';
import { labelsOf } from './kubernetes-object.ts';
import { secretsFolder, secretsVolume } from './secret-files.ts';

/** One pod with one container, of a service or of the migration. */
export interface PodPlan {
  /** Of the container, the service account and the secrets alike. */
  readonly name: string;
  readonly image: string;
  /** Undefined: what the image says. */
  readonly command: readonly string[] | undefined;
  readonly settings: ContainerSettings;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Folders that may be written to, beside a read-only root. */
  readonly writableFolders: readonly string[];
}

/** What a pod of a service has beyond that. */
export interface ServicePodPlan extends PodPlan {
  readonly port: { readonly name: string; readonly containerPort: number };
  readonly probes: { readonly startupProbe: Probe; readonly readinessProbe: Probe; readonly livenessProbe: Probe };
  /** How long the load balancer or the service may take to stop sending calls, before the container is told to end. */
  readonly sleepBeforeStopSeconds: number;
  /** From the wish that the pod ends to its kill, with the sleep. */
  readonly gracePeriodSeconds: number;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A pod of a service. */
export function servicePod(plan: ServicePodPlan): PodTemplateSpec {
  const pod = podTemplate(plan, {
    ports: [{ ...plan.port, protocol: 'TCP' }],
    lifecycle: { preStop: { sleep: { seconds: plan.sleepBeforeStopSeconds } } },
    ...plan.probes,
  });
  return {
    metadata: { ...pod.metadata, annotations: { ...plan.annotations } },
    spec: {
      ...pod.spec,
      containers: pod.spec?.containers ?? [],
      terminationGracePeriodSeconds: plan.gracePeriodSeconds,
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        // Better two in one zone than none: a rollout must not wait for room in the other.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labelsOf(plan.name) },
        matchLabelKeys: ['pod-template-hash'],
      })),
    },
  };
}

/** A pod that fits into a namespace of the security standard `restricted`, and knows nothing of the cluster. */
export function podTemplate(plan: PodPlan, more: Partial<Container> = {}): PodTemplateSpec {
  const folders = plan.writableFolders.map((mountPath) => ({
    name: `writable${mountPath.replaceAll('/', '-')}`,
    mountPath,
  }));
  // The gateway reads its secrets itself.
  const hasFiles = Object.keys(plan.settings.secrets).length > 0;
  return {
    metadata: { labels: labelsOf(plan.name) },
    spec: {
      serviceAccountName: plan.name,
      automountServiceAccountToken: false,
      // Variables by names of services: `GATEWAY_PORT` would be one of them.
      enableServiceLinks: false,
      // Names outside of the cluster are asked for once and not in each of its search domains first.
      dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: containerUser,
        runAsGroup: containerUser,
        fsGroup: containerUser,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: plan.name,
          image: plan.image,
          ...(plan.command === undefined ? {} : { command: [...plan.command] }),
          env: [
            ...Object.entries(plan.settings.environment).map(([name, value]) => ({ name, value })),
            ...(hasFiles ? [{ name: 'SECRETS_DIR', value: secretsFolder }] : []),
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: resourcesOf(plan),
          volumeMounts: [
            ...(hasFiles ? [{ name: 'secrets', mountPath: secretsFolder, readOnly: true }] : []),
            ...folders,
          ],
          ...more,
        },
      ],
      volumes: [
        ...(hasFiles ? [secretsVolume(plan.name)] : []),
        ...folders.map(({ name }) => ({ name, emptyDir: { sizeLimit: '512Mi' } })),
      ],
    },
  };
}

/**
 * Half of the plan is kept for a pod on its node, so that a rollout finds room beside what runs; memory is limited to
 * the plan. Processor time is not: what nobody else needs is free.
 */
function resourcesOf({ vcpus, memoryMib }: PodPlan) {
  return {
    requests: { cpu: `${Math.round(vcpus * 500)}m`, memory: `${Math.round(memoryMib / 2)}Mi` },
    limits: { memory: `${memoryMib}Mi` },
  };
}
