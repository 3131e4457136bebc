import type { Plugin } from 'esbuild';

/**
 * In a bundle the code of `packages/litellm` is not beside its data, which lies in the folder `litellm` beside the bundle:
 * the one module that knows the place is another one there.
 */
export const dataFolderPlugin: Plugin = {
  name: 'data-folder',
  setup(build) {
    build.onLoad({ filter: /packages\/litellm\/src\/data-folder\.ts$/ }, () => ({
      contents: "export const dataFolder = new URL('./litellm/', import.meta.url);",
      loader: 'js',
    }));
  },
};
