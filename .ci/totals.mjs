// Prints the totals of the last test run as one line, the last one of .ci/run, and ends with its verdict.
// The argument is the exit code of `npm test`.

import { readFileSync } from 'node:fs';

const exitCode = Number(process.argv[2]);
const { passed, failed, notRun } = count();
if (notRun > 0) console.log(`${notRun} tests did not run`);
// What failed beside the tests (the check, an installation, a setup) must show in the one line that is read.
const failures = failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed;
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function count() {
  let results;
  try {
    results = JSON.parse(readFileSync(new URL('../.cache/test-results.json', import.meta.url), 'utf8'));
  } catch {
    return { passed: 0, failed: 0, notRun: 0 };
  }
  let [passed, failed, notRun] = [0, 0, 0];
  for (const file of results.testResults) {
    const statuses = file.assertionResults.map((test) => test.status);
    const failedHere = statuses.filter((status) => status === 'failed').length;
    passed += statuses.filter((status) => status === 'passed').length;
    // A file that could not be loaded has no tests to fail.
    failed += failedHere === 0 && file.status === 'failed' ? 1 : failedHere;
    notRun += statuses.filter((status) => status !== 'passed' && status !== 'failed').length;
  }
  return { passed, failed, notRun };
}
