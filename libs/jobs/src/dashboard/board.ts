import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { HttpProblem, type RequestHandler } from '@quay-observability/service';
import type { RedisConnection } from '@quay-observability/redis';
import type { Queue } from 'bullmq';

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

/** Handlers of the page about these queues: nothing can be changed through it, by two locks. */
export function boardHandlers(queues: readonly Queue[], redis: RedisConnection): RequestHandler[] {
  const serverAdapter = new ExpressAdapter();
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Quay jobs', hideRedisDetails: true } },
  });
  const router = serverAdapter.getRouter() as RequestHandler;
  return [
    (request, response, next) => {
      response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', 'The page about the jobs is read-only.', {
          headers: { Allow: 'GET, HEAD' },
        });
      // BullMQ would wait for it without end.
      if (redis.state() !== 'ready')
        throw new HttpProblem(503, 'UNAVAILABLE', 'Redis is away; the jobs wait for it.');
      next();
    },
    router,
  ];
}
