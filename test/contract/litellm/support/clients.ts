import { nativeClients } from '../../support/native-clients.ts';
import { openaiClients } from '../../support/openai-clients.ts';
import { isWithout } from '../../support/providers.ts';

/**
 * An AWS SDK of each language, to call any gateway by its HTTP address. How they reach a gateway is proved
 * elsewhere. Empty without LiteLLM.
 */
export const awsClients = nativeClients.filter(
  (client) => /hook|NodeHttpHandler/.test(client.name) && !isWithout(client),
);

/** OpenAI's library of each language. Empty without LiteLLM. */
export const chatClients = openaiClients.filter((client) => !isWithout(client));
