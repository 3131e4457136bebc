import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type PinnedImage, readPins, resolvePin, writePins } from './registry/pin-file.ts';
import { runCommand, textOption } from './shared/command.ts';
import { readTextFile, repositoryRoot } from './shared/environment.ts';

await runCommand({
  help: `Asks the registries what the tags in containers/images.json stand for, and writes their digests there.

  npm run pin-images -- [options]

  --check        change nothing; exit code 1 when a digest is missing or is not that of its tag any more
  --file FILE    another file than containers/images.json

A production stage is not deployed from images without a digest. Look at the difference before you commit it: a tag
that moved may be a new build, or not what you think it is. LiteLLM's images are signed: its release page has the
\`cosign verify\` command. No digest is ever written that did not come from the registry just now.`,
  options: { check: { type: 'boolean' }, file: { type: 'string' } },
  run: async (values, { out }) => {
    const file = resolve(textOption(values, 'file') ?? `${repositoryRoot}/containers/images.json`);
    const pins = readPins(readTextFile(file, 'name another one with --file'));
    const resolved = new Map<string, PinnedImage>();
    let changes = 0;
    for (const [name, pin] of Object.entries(pins)) {
      const found = await resolvePin(name, pin);
      resolved.set(name, found);
      const isSame = found.digest === pin.digest && found.tag === pin.tag;
      if (!isSame) changes += 1;
      for (const tag of found.absent) out(`${name}: ${pin.repository} has no tag ${tag}`);
      out(`${name}: ${pin.repository}:${found.tag} is ${found.digest} (${found.architectures.join(', ')})`);
      if (pin.digest !== null && pin.digest !== found.digest) out(`${name}: was ${pin.digest}`);
    }
    if (values['check'] === true) {
      out(changes === 0 ? 'All digests are those of their tags.' : `${changes} to be changed; nothing was written.`);
      return changes === 0 ? 0 : 1;
    }
    // A file that is written half would be read as one without pins.
    writeFileSync(`${file}.new`, writePins(pins, resolved));
    renameSync(`${file}.new`, file);
    out(changes === 0 ? `${file} is as it was.` : `Written: ${file}. Look at the difference, then commit it.`);
    return 0;
  },
});
