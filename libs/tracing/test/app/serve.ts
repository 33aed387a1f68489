import express from 'express';
import { createServer, get, type Server } from 'node:http';
import { Redis } from 'ioredis';
import knex from 'knex';
import { request } from 'undici';
import { activeTraceContext, leaveUntraced, traced } from '@quay-observability/tracing';
import { tracing } from './instrument.ts';

const { PORT, UNTRACED_PORT, REDIS_URL, POSTGRES_URL } = process.env as Record<string, string>;
const redis = new Redis(REDIS_URL ?? '', { protocol: 2 });
const database = knex({ client: 'pg', connection: POSTGRES_URL ?? '', pool: { min: 0, max: 2 } });
const url = `http://127.0.0.1:${PORT}`;

const app = express();
app.get('/things/:id', async (_request, response) => {
  const logged = activeTraceContext();
  await redis.set('thing', 'a-secret-value');
  await database.raw('select ?::int as answer', [42]);
  const overHttp = await getJson(`${url}/echo?by=http`);
  const { body } = await request(`${url}/echo?by=undici`);
  const overUndici = await body.json();
  const sum = await traced('add', async (a: number, b: number) => Promise.resolve(a + b))(1, 2);
  response.json({ logged, overHttp, overUndici, sum });
});
app.get('/echo', (request, response) => {
  response.json({ traceparent: request.headers.traceparent ?? null });
});
app.get('/fails', () => {
  throw new Error('as intended');
});
app.get(['/metrics', '/livez', '/readyz'], async (_request, response) => {
  await redis.ping();
  response.end('ok');
});

const untraced = createServer((_request, response) => response.end('by hand'));
leaveUntraced(untraced);
await Promise.all([listen(createServer(app), PORT), listen(untraced, UNTRACED_PORT)]);

process.once('SIGTERM', () => {
  void (async () => {
    await tracing.shutdown();
    process.exit(0);
  })();
});

function listen(server: Server, port: string | undefined): Promise<void> {
  return new Promise((resolve) => {
    server.listen(Number(port), '127.0.0.1', resolve);
  });
}

function getJson(address: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(address, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(JSON.parse(Buffer.concat(chunks).toString()));
      });
    }).once('error', reject);
  });
}
