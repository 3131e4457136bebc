import { MemoryPrompts } from './memory-prompts.ts';
import { promptSourceSuite } from './test-support/prompt-source-suite.ts';

promptSourceSuite('prompts in memory', async (ownRegion) => {
  const source = new MemoryPrompts(ownRegion);
  return {
    source,
    save: (draft, versions = []) => {
      source.remove(draft.arn);
      for (const each of [draft, ...versions]) source.put(each);
    },
    remove: (arn) => source.remove(arn),
    close: async () => {},
  };
});
