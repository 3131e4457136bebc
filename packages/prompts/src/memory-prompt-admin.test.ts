import { MemoryPromptAdmin } from './memory-prompt-admin.ts';
import { promptAdminSuite } from './test-support/prompt-admin-suite.ts';

promptAdminSuite('prompts in memory, for those who write them', async () => ({
  admin: new MemoryPromptAdmin('us-east-1', '123456789012', Date.now),
  close: async () => {},
}));
