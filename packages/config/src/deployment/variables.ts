import * as z from 'zod';
import { dataVariables } from './variables/data.ts';
import { entranceVariables } from './variables/entrance.ts';
import { modelVariables } from './variables/models.ts';
import { networkVariables } from './variables/network.ts';
import { operationVariables } from './variables/operations.ts';
import { platformVariables } from './variables/platform.ts';
import { callbackVariables, providerKeyVariables } from './variables/provider-keys.ts';
import { serviceVariables } from './variables/services.ts';

/** Every variable of a deployment by subject; the wizard and docs/deployment-variables.md go by them. */
export const variableGroups = {
  entrance: { title: 'How requests come in', variables: entranceVariables },
  network: { title: 'Network', variables: networkVariables },
  platform: { title: 'Platform', variables: platformVariables },
  services: { title: 'The two services', variables: serviceVariables },
  data: { title: 'Data', variables: dataVariables },
  models: { title: 'Models', variables: modelVariables },
  keys: { title: "Other providers' keys", variables: providerKeyVariables },
  callbacks: { title: 'Logs of calls elsewhere', variables: callbackVariables },
  operations: { title: 'Operation', variables: operationVariables },
} as const;

/** One schema of all. None is required by itself: what is missing for a scenario is a contradiction. */
export const deploymentSchema = z.object({
  ...entranceVariables,
  ...networkVariables,
  ...platformVariables,
  ...serviceVariables,
  ...dataVariables,
  ...modelVariables,
  ...providerKeyVariables,
  ...callbackVariables,
  ...operationVariables,
});

/** What was given, read, with the defaults. */
export type Variables = Readonly<z.infer<typeof deploymentSchema>>;
export type VariableName = keyof Variables;

export const variableNames = Object.keys(deploymentSchema.shape) as readonly VariableName[];
export const providerKeyNames = Object.keys(providerKeyVariables) as readonly (keyof typeof providerKeyVariables)[];
