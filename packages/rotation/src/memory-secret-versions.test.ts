import { randomUUID } from 'node:crypto';
import { MemorySecretVersions } from './test-support/memory-secret-versions.ts';
import { secretVersionsSuite } from './test-support/secret-versions-suite.ts';

secretVersionsSuite('memory', () => {
  const versions = new MemorySecretVersions(Date.now);
  const create = async (text: string) => {
    const [secretId, versionId] = [randomUUID(), randomUUID()];
    versions.create(secretId, versionId, text);
    return { secretId, versionId };
  };
  return { versions, create, newVersionId: randomUUID };
});
