/**
 * The folder of this package, which holds LiteLLM's migrations, views and prices. A bundle has another one in place of
 * this module: there the code is not beside its data.
 */
export const dataFolder = new URL('../', import.meta.url);
