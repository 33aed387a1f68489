import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBrowserModules } from './browser-modules.ts';
import { renderPage } from './page.ts';
import { PAGE_HEADERS } from './security-headers.ts';
import { STYLESHEET } from './stylesheet.ts';

/** Has the signature of Express's handlers: mounted at the root with `router.use(createConsoleHandler())`. */
export type ConsoleHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

type Asset = { readonly type: string; readonly body: Buffer; readonly etag: string };

/**
 * Serves the console: the page at `/`, its script and style below `/console/`, all with a strict
 * Content-Security-Policy. It holds no data and needs no authorisation; what it shows comes from the JSON
 * API, to which the page's addresses are relative. Every other request goes on to `next`.
 */
export function createConsoleHandler(): ConsoleHandler {
  let assets: ReadonlyMap<string, Asset> | undefined;
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    assets ??= readAssets();
    const asset = assets.get(pathOf(request.url));
    if (asset === undefined) return next();
    send(request, response, asset);
  };
}

function readAssets(): ReadonlyMap<string, Asset> {
  const modules = readBrowserModules();
  const page = renderPage({ entry: modules.entry, modules: [...modules.sources.keys()] });
  return new Map([
    ['/', asset('text/html; charset=utf-8', page)],
    ['/console/console.css', asset('text/css; charset=utf-8', STYLESHEET)],
    ...[...modules.sources].map(([name, source]): [string, Asset] => [
      `/console/${name}`,
      asset('text/javascript; charset=utf-8', source),
    ]),
  ]);
}

function asset(type: string, text: string): Asset {
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { type, body: Buffer.from(text), etag: `"${digest}"` };
}

function send(request: IncomingMessage, response: ServerResponse, { type, body, etag }: Asset): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  response.setHeader('ETag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Without the query. */
function pathOf(url = '/'): string {
  return url.split('?', 1)[0] ?? '/';
}
