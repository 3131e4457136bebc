/** How deployments of EKS are started anew: this machine may have no way to the cluster, so it is not done here. */
export async function kubectlLines(
  deployments: readonly string[],
  place: { readonly stage: string; readonly region: string },
): Promise<readonly string[]> {
  // Brings CDK along, which only this needs.
  const { uniqueName } = await import('../../../stacks/names.ts');
  const namespace = uniqueName('genai-gateway', place);
  return deployments.flatMap((name) => [
    `kubectl --namespace ${namespace} rollout restart deployment/${name}`,
    `kubectl --namespace ${namespace} rollout status deployment/${name} --timeout 20m`,
  ]);
}
