import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // By default one processor is left free, of two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{packages,containers,functions}/*/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          setupFiles: ['scripts/lib/temporary-folder.ts'],
        },
      },
      {
        test: {
          name: 'stacks',
          include: ['stacks/**/*.test.ts'],
          setupFiles: ['scripts/lib/temporary-folder.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts'],
            tsconfig: './tsconfig.types.json',
          },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/*.test.ts'],
          globalSetup: ['test/contract/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          // One after the other: what is measured in seconds must not share two cores with LiteLLM at work.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'litellm',
          include: ['test/contract/litellm/*.test.ts'],
          globalSetup: ['test/contract/litellm/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'proof',
          include: ['test/proof/*.test.ts'],
          globalSetup: ['test/proof/setup.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
