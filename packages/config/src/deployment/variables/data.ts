import * as z from 'zod';
import { text, whole } from '../variable-types.ts';

/** What is stored. */
export const dataVariables = {
  RDS_INSTANCE_CLASS: text(/^(?:db\.)?[a-z0-9]+\.[a-z0-9]+$/, 'an instance class such as db.t4g.small')
    .default('db.t4g.small')
    .describe(
      'The instance of Postgres. Its memory sets how many connections there may be, which limits MAX_CAPACITY.',
    ),
  RDS_ALLOCATED_STORAGE_GB: whole(20, 65_536).default(20).describe('Its storage, in GB.'),
  RDS_BACKUP_RETENTION_DAYS: whole(1, 35).default(7).describe('How many days of backups are kept.'),
  REDIS_NODE_TYPE: text(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type such as cache.t4g.micro')
    .default('cache.t4g.micro')
    .describe('The nodes of the cache.'),
  REDIS_NUM_CACHE_CLUSTERS: whole(2, 6)
    .default(2)
    .describe('How many of them: one serves, another takes over when it fails.'),
  HISTORY_RETENTION_DAYS: whole(1, 3_650)
    .default(30)
    .describe('How many days a turn is kept; a session goes with its newest turn.'),
  REQUEST_LOG_CONTENT: z
    .enum(['none', 'all'])
    .default('none')
    .describe('What the request logs in S3 hold of a call beside its figures: `none`, or `all` prompts and answers.'),
  SECRET_ROTATION_DAYS: whole(0, 1_000)
    .default(0)
    .describe(
      'Days after which the logins to Postgres and to the cache get new passwords by themselves; 0: on demand alone (`npm run rotate`), as the master key always.',
    ),
};
