import { expect, it } from 'vitest';
import { lacksMoto, startMoto } from './moto-server.ts';

it.skipIf(lacksMoto)('moto answers as the account that it is started for', { timeout: 180_000 }, async () => {
  const moto = await startMoto('eu-west-1');
  try {
    const answer = await fetch(`${moto.url}/moto-api/data.json`);
    expect(answer.status).toBe(200);
    expect(moto.environment).toMatchObject({ AWS_ENDPOINT_URL: moto.url, AWS_REGION: 'eu-west-1' });
  } finally {
    await moto.stop();
  }
  await expect(fetch(moto.url)).rejects.toThrow();
});
