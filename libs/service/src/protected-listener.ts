import type { Logger } from '@quay-observability/logging';
import { ConfigError } from '@quay-observability/quay-config';
import type { RequestHandler } from 'express';
import type { ComposedApp } from './app-definition.ts';
import { readBearerTokens } from './bearer-tokens.ts';
import type { HttpListener } from './http-listener.ts';
import type { HttpObserver } from './http-observer.ts';
import { HttpProblem } from './http-problem.ts';
import { createPublicServer, type PublicServerOptions } from './public-server.ts';
import { requireBearer } from './require-bearer.ts';

export type ProtectedListenerOptions = Pick<PublicServerOptions, 'host' | 'port'> & {
  readonly listener: NonNullable<PublicServerOptions['listener']>;
  /** Holds the tokens that open it, as Bearer or as the password of Basic; read at once. */
  readonly tokensFile: string | undefined;
  /** The setting that names this file, and the one that wants the listener, for messages. */
  readonly tokensFileSetting: string;
  readonly wantedBySetting: string;
  readonly observer: HttpObserver;
  readonly log: Logger;
  /** Asked when the listener starts; they see requests with a token, of GET and HEAD alone. */
  readonly handlers: () => Promise<readonly RequestHandler[]>;
};

/** People, not scrapers. */
const MAX_CONNECTIONS = 32;

/**
 * An app with a listener beside it that shows something to holders of a token, and changes nothing.
 *
 * @throws ConfigError (`CONFIG_INVALID`) if there is no token to protect it with
 */
export function withProtectedListener(app: ComposedApp, options: ProtectedListenerOptions): ComposedApp {
  const { listener, tokensFile, tokensFileSetting, wantedBySetting, log, handlers, ...rest } = options;
  const tokens = readBearerTokens([], { name: tokensFileSetting, file: tokensFile });
  if (tokens.length === 0)
    throw new ConfigError([
      {
        key: tokensFileSetting,
        source: `environment variable ${tokensFileSetting}`,
        problem:
          tokensFile === undefined
            ? `is needed with ${wantedBySetting}: nobody may see that without a token`
            : `names ${tokensFile}, which holds no token`,
      },
    ]);
  let server: HttpListener | undefined;
  return {
    ...app,
    start: async () => {
      server = createPublicServer({
        ...rest,
        listener,
        maxConnections: MAX_CONNECTIONS,
        handlers: [
          requireBearer({ tokens, realm: listener.name, setting: tokensFileSetting, orAsPassword: true }),
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
