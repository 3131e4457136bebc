import { expect, test } from 'vitest';
import { loadConfig } from './config-document.ts';
import { configObjects } from './config-source.ts';

const bucketOf = (objects: Readonly<Record<string, string>>) =>
  configObjects('config', 'prod/config.yaml', async (key) => {
    const text = objects[key];
    if (text === undefined) throw new Error('NoSuchKey');
    return text;
  });

test('a configuration in a bucket includes objects beside it, above it and from the root', async () => {
  const config = await loadConfig(
    bucketOf({
      'prod/config.yaml': 'include: [models/a.yaml, ../shared.yaml, /root.yaml]\nmodel_list: [one]',
      'prod/models/a.yaml': 'include: [b.yaml]\nmodel_list: [two]',
      'prod/models/b.yaml': 'model_list: [three]',
      'shared.yaml': 'model_list: [four]',
      'root.yaml': 'general_settings: {a: 1}',
    }),
  );
  expect(config).toEqual({ model_list: ['one', 'two', 'four', 'three'], general_settings: { a: 1 } });
});

test.each([
  ['the object itself', {}, 's3://config/prod/config.yaml cannot be read. Check the bucket'],
  [
    'an included one',
    { 'prod/config.yaml': 'include: [a.yaml]' },
    "s3://config/prod/a.yaml, which 'include' of s3://config/prod/config.yaml names, cannot be read.",
  ],
  [
    'text that is no YAML',
    { 'prod/config.yaml': 'a: [' },
    's3://config/prod/config.yaml, line 1: this is not valid YAML',
  ],
])('what is wrong with %s is told with its address', async (_name, objects, message) => {
  await expect(loadConfig(bucketOf(objects))).rejects.toThrow(message);
});
