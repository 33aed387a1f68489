import type { Logger } from '@quay-observability/logging';
import type { RequestHandler } from 'express';
import type { ComposedApp } from './app-definition.ts';
import type { HttpListener } from './http-listener.ts';
import type { HttpObserver } from './http-observer.ts';
import { HttpProblem } from './http-problem.ts';
import { createPublicServer, type PublicServerOptions } from './public-server.ts';
import { requireBearer } from './require-bearer.ts';

export type ProtectedListenerOptions = Pick<PublicServerOptions, 'host' | 'port'> & {
  readonly listener: NonNullable<PublicServerOptions['listener']>;
  /** Any of them opens it, as Bearer or as the password of Basic. */
  readonly tokens: readonly string[];
  /** The setting that holds the tokens, for messages. */
  readonly tokensSetting: string;
  readonly observer: HttpObserver;
  readonly log: Logger;
  /** Asked when the listener starts; they see requests with a token, of GET and HEAD alone. */
  readonly handlers: () => Promise<readonly RequestHandler[]>;
};

/** People, not scrapers. */
const MAX_CONNECTIONS = 32;

/** An app with a listener beside it that shows something to holders of a token, and changes nothing. */
export function withProtectedListener(app: ComposedApp, options: ProtectedListenerOptions): ComposedApp {
  const { listener, tokens, tokensSetting, log, handlers, ...rest } = options;
  let server: HttpListener | undefined;
  return {
    ...app,
    start: async () => {
      server = createPublicServer({
        ...rest,
        listener,
        maxConnections: MAX_CONNECTIONS,
        handlers: [
          requireBearer({ tokens, realm: listener.name, setting: tokensSetting, orAsPassword: true }),
          readOnly,
          ...(await handlers()),
        ],
        onError: (message, error) => log.error(message, { error }),
      });
      await server.listen();
      log.info(`The listener ${listener.name} is up.`, { url: server.url() });
      await app.start();
    },
    stop: async () => {
      await Promise.all([server?.close(), app.stop()]);
    },
  };
}

const readOnly: RequestHandler = (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', 'This listener is read-only.', {
    headers: { Allow: 'GET, HEAD' },
  });
};
