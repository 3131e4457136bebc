import { synthesise } from '../../../proof/synthesise.ts';
import { allVariants } from '../../../proof/variants.ts';
import { hasGo } from './go-sources.ts';
import { conform } from './kubeconform.ts';
import { manifestsIn } from './manifests-in.ts';

/** `npm run kubeconform`: every object that any variant of a deployment applies to a cluster, in strict mode. */
function main(): number {
  if (!hasGo()) {
    process.stdout.write('kubeconform: skipped, as there is no Go (https://go.dev/doc/install), which builds it.\n');
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  let [checked, failed] = [0, 0];
  for (const variant of allVariants.filter(({ env }) => env['DEPLOYMENT_PLATFORM'] === 'EKS')) {
    const objects = Object.values(synthesise(variant).templates).flatMap((template) => manifestsIn(template));
    const findings = conform(objects.map(({ object }) => object));
    const faults = findings.filter(({ status }) => status !== 'statusValid');
    // What kubeconform did not see is no more valid than what it refused.
    const unseen = objects.length - findings.length;
    checked += objects.length;
    failed += faults.length + unseen;
    process.stdout.write(
      `${faults.length + unseen === 0 ? 'ok  ' : 'FAIL'} ${variant.name} (${objects.length} objects)\n`,
    );
    for (const { kind, name, msg } of faults) process.stdout.write(`     ${kind} ${name}: ${msg ?? ''}\n`);
    if (unseen !== 0 || objects.length === 0) process.stdout.write(`     ${unseen} objects were not seen\n`);
    if (objects.length === 0) failed += 1;
  }
  process.stdout.write(`kubeconform: ${checked} objects, ${failed} failed\n`);
  return failed === 0 && checked > 0 ? 0 : 1;
}

process.exitCode = main();
