import { MemorySessionStore } from './memory-session-store.ts';
import { sessionStoreSuite } from './test-support/session-store-suite.ts';

sessionStoreSuite('MemorySessionStore', async (setting) => ({
  store: new MemorySessionStore(setting),
  close: async () => {},
}));
