import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { RedisConnection } from '@quay-observability/redis';
import type { Queue } from 'bullmq';
import type { RequestHandler } from './jobs-dashboard.ts';

/** The page sets styles of its own, and would fetch fonts from outside. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Handlers of the page about these queues; it offers no changes. */
export function boardHandlers(queues: readonly Queue[], redis: RedisConnection): RequestHandler[] {
  const serverAdapter = new ExpressAdapter();
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Quay jobs', hideRedisDetails: true } },
  });
  const board = serverAdapter.getRouter() as RequestHandler;
  return [
    (_request, response, next) => {
      response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
      // BullMQ would wait for it without end.
      if (redis.state() === 'ready') return next();
      response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('Redis is away; the jobs wait for it.\n');
    },
    board,
  ];
}
