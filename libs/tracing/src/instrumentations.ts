import { ClientRequest, type IncomingMessage } from 'node:http';
import { isBuiltin } from 'node:module';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { ATTR_URL_FULL, ATTR_URL_PATH, ATTR_URL_QUERY } from '@opentelemetry/semantic-conventions';
import { isAdminTarget, isLeftUntraced } from './leave-untraced.ts';
import type { UrlExclusion } from './excluded-urls.ts';
import { spanPath } from './span-path.ts';

/** What can make spans by itself. */
export type InstrumentationName = 'http-server' | 'http-client' | 'express' | 'ioredis' | 'pg' | 'undici';

/** Everything there is. */
export const ALL_INSTRUMENTATIONS: readonly InstrumentationName[] = [
  'http-server',
  'http-client',
  'express',
  'ioredis',
  'pg',
  'undici',
];

/** What each of them changes. undici reports by itself, through `diagnostics_channel`. */
const MODULES: Readonly<Record<InstrumentationName, readonly string[]>> = {
  'http-server': ['http', 'https'],
  'http-client': ['http', 'https'],
  express: ['express'],
  ioredis: ['ioredis'],
  pg: ['pg'],
  undici: [],
};

/** The modules that these instrumentations change: packages, and those of Node itself. */
export function modulesOf(names: readonly InstrumentationName[]): { packages: string[]; builtins: string[] } {
  const modules = [...new Set(names.flatMap((name) => MODULES[name]))];
  return {
    packages: modules.filter((name) => !isBuiltin(name)),
    builtins: modules.filter((name) => isBuiltin(name)),
  };
}

/**
 * Loads and creates only what is asked for. What may be a secret stays out of the spans: the queries of
 * URLs (tokens, signatures), the arguments of Redis commands, the parameters of SQL statements.
 */
export async function createInstrumentations(
  names: readonly InstrumentationName[],
  isExcluded: UrlExclusion,
): Promise<Instrumentation[]> {
  const wanted = new Set(names);
  const made: Instrumentation[] = [];
  if (wanted.has('http-server') || wanted.has('http-client')) {
    const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
    made.push(
      new HttpInstrumentation({
        disableIncomingRequestInstrumentation: !wanted.has('http-server'),
        disableOutgoingRequestInstrumentation: !wanted.has('http-client'),
        ignoreIncomingRequestHook: (request) => isIgnored(request, isExcluded),
        ignoreOutgoingRequestHook: ({ agent }) => isLeftUntraced(agent),
        startIncomingSpanHook: ({ url }) => ({
          [ATTR_URL_PATH]: spanPath(url ?? '/'),
          [ATTR_URL_QUERY]: undefined,
        }),
        requestHook(span, request) {
          if (!(request instanceof ClientRequest) || !span.isRecording()) return;
          const host = request.getHeader('host');
          const origin = `${request.protocol}//${typeof host === 'string' ? host : request.host}`;
          span.setAttribute(ATTR_URL_FULL, `${origin}${spanPath(request.path)}`);
        },
      }),
    );
  }
  if (wanted.has('express')) {
    const { ExpressInstrumentation } = await import('@opentelemetry/instrumentation-express');
    made.push(new ExpressInstrumentation());
  }
  if (wanted.has('ioredis')) {
    const { IORedisInstrumentation } = await import('@opentelemetry/instrumentation-ioredis');
    made.push(new IORedisInstrumentation({ dbStatementSerializer: (command) => command }));
  }
  if (wanted.has('pg')) {
    const { PgInstrumentation } = await import('@opentelemetry/instrumentation-pg');
    // As in Python: a span for every statement, none for a connection.
    made.push(new PgInstrumentation({ ignoreConnectSpans: true }));
  }
  if (wanted.has('undici')) {
    const { UndiciInstrumentation } = await import('@opentelemetry/instrumentation-undici');
    made.push(
      new UndiciInstrumentation({
        startSpanHook: ({ origin, path }) => ({
          [ATTR_URL_FULL]: `${origin}${spanPath(path)}`,
          [ATTR_URL_QUERY]: undefined,
        }),
      }),
    );
  }
  return made;
}

function isIgnored(request: IncomingMessage, isExcluded: UrlExclusion): boolean {
  const target = request.url ?? '/';
  if (isAdminTarget(target)) return true;
  const { socket } = request as { socket: { server?: unknown; encrypted?: boolean } };
  if (isLeftUntraced(socket.server)) return true;
  if (isExcluded === undefined) return false;
  return isExcluded(
    `${socket.encrypted === true ? 'https' : 'http'}://${request.headers.host ?? ''}${target}`,
  );
}
