import { InstallFailure } from './install.mjs';

/** Runs a script's body, ends the process with the exit code it gives, and shows a failure without a stack trace. */
export async function main(body) {
  try {
    process.exit(await body(process.argv.slice(2)));
  } catch (error) {
    const expected = error instanceof InstallFailure;
    process.stderr.write(`\n${expected ? error.message : (error.stack ?? error)}\n`);
    process.exit(1);
  }
}
