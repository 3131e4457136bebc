import { describe, expect, it } from 'vitest';
import { isInstalled } from './lock.mjs';

const other = process.platform === 'linux' ? 'darwin' : 'linux';

/** A lock of two workspaces, where `local` needs `gateway`, and that needs `pg`. */
const wanted = {
  '': { name: 'root' },
  'packages/local': { dependencies: { gateway: '1' }, optionalDependencies: { here: '1', elsewhere: '1' } },
  'packages/gateway': { dependencies: { pg: '1' }, devDependencies: { esbuild: '1' } },
  'node_modules/gateway': { link: true, resolved: 'packages/gateway' },
  'node_modules/pg': { version: '1.0.0', dependencies: { nested: '1' } },
  'node_modules/pg/node_modules/nested': { version: '1.0.0' },
  'node_modules/nested': { version: '2.0.0' },
  'node_modules/here': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/elsewhere': { version: '1.0.0', optional: true, os: [other] },
  'node_modules/esbuild': { version: '1.0.0', dev: true },
};

const installed: Record<string, object> = {
  'packages/local': {},
  'packages/gateway': {},
  'node_modules/gateway': { link: true, resolved: 'packages/gateway' },
  'node_modules/pg': { version: '1.0.0' },
  'node_modules/pg/node_modules/nested': { version: '1.0.0' },
  'node_modules/here': { version: '1.0.0' },
};

function without(path: string): Record<string, object> {
  return Object.fromEntries(Object.entries(installed).filter(([name]) => name !== path));
}

describe('isInstalled', () => {
  it('needs neither development packages nor those of other platforms for a start', () => {
    expect(isInstalled(['packages/local'], wanted, installed)).toBe(true);
  });

  it.each(['node_modules/gateway', 'node_modules/pg', 'node_modules/pg/node_modules/nested', 'node_modules/here'])(
    'misses %s',
    (path) => {
      expect(isInstalled(['packages/local'], wanted, without(path))).toBe(false);
    },
  );

  it('misses a package in another version than the locked one', () => {
    const older = { ...installed, 'node_modules/pg': { version: '0.9.0' } };
    expect(isInstalled(['packages/local'], wanted, older)).toBe(false);
  });

  it('needs all for development', () => {
    expect(isInstalled(undefined, wanted, installed)).toBe(false);
    const all = {
      ...installed,
      'node_modules/nested': { version: '2.0.0' },
      'node_modules/esbuild': { version: '1.0.0' },
    };
    expect(isInstalled(undefined, wanted, all)).toBe(true);
  });
});
