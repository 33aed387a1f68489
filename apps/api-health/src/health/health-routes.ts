import type { Request, RequestHandler, Response } from '@quay-observability/service';
import type { DbRevision } from './db-revision.ts';
import {
  INTERNAL_ERROR,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  redirectPage,
  type FlaskPage,
} from './flask-answers.ts';
import { healthPageOf, type HealthPage } from './health-paths.ts';
import { pythonJson, type JsonValue } from './python-json.ts';
import type { Verdict } from './verdict.ts';

/** Fields of `data` that only those see who may. */
export type DebugInformation = Readonly<Record<string, JsonValue>>;

/** What the paths show. Everything may reject: the answer is then Flask's 500. */
export type HealthContent = {
  verdict: (page: 'instance' | 'endtoend' | 'warning') => Promise<Verdict>;
  /** Undefined where the path does not exist. */
  dbRevision: (() => Promise<DbRevision>) | undefined;
  mayDebug: (headers: Request['headers']) => boolean;
  debugInformation: (verdict: Verdict) => Promise<DebugInformation>;
  /** The header `Set-Cookie` for whoever knows the secret; undefined for whoever does not. */
  enableDebug: (secret: string, headers: Request['headers']) => string | undefined;
  /** Of a fault of ours; the text must not hold the path, which may be a secret. */
  onError: (page: string, error: unknown) => void;
};

const NO_CACHE = 'no-cache, no-store, must-revalidate';
const HTML = 'text/html; charset=utf-8';
const METHODS = new Set(['HEAD', 'OPTIONS', 'GET']);
const ALLOW = [...METHODS].join(', ');

/** Answers the paths of contract section 10 as Flask does, down to the bytes of the body; any other is its 404. */
export function createHealthRoutes(content: HealthContent): RequestHandler {
  return async (request, response) => {
    const target = healthPageOf(request.originalUrl);
    if (target === undefined) return sendPage(response, NOT_FOUND);
    if (!METHODS.has(request.method)) {
      response.setHeader('Allow', ALLOW);
      return sendPage(response, METHOD_NOT_ALLOWED);
    }
    if (target.page === 'redirect') {
      response.setHeader('Location', target.to);
      return sendPage(response, redirectPage(target.to));
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('Allow', ALLOW);
      return send(response, 200, HTML, '');
    }
    try {
      await answer(content, target, request, response);
    } catch (error) {
      content.onError(target.page, error);
      sendPage(response, INTERNAL_ERROR);
    }
  };
}

async function answer(
  content: HealthContent,
  target: HealthPage,
  { headers }: Request,
  response: Response,
): Promise<void> {
  // Flask's session decides what is shown.
  response.vary('Cookie');
  if (target.page === 'enabledebug') {
    const cookie = content.enableDebug(target.secret, headers);
    if (cookie === undefined) return sendMissing(response);
    response.setHeader('Set-Cookie', cookie);
    response.setHeader('Cache-Control', NO_CACHE);
    return send(response, 200, HTML, 'Health check debug information enabled');
  }
  if (target.page === 'dbrevision') {
    if (content.dbRevision === undefined) return sendMissing(response);
    const data = await content.dbRevision();
    return sendJson(response, data.db_revision === data.local_revision ? 200 : 400, data);
  }
  const verdict = await content.verdict(target.page);
  const debug = content.mayDebug(headers) ? await content.debugInformation(verdict) : {};
  sendJson(response, verdict.healthy ? 200 : 503, { services: verdict.services, ...debug });
}

function sendMissing(response: Response): void {
  response.removeHeader('Vary');
  sendPage(response, NOT_FOUND);
}

function sendJson(response: Response, status: number, data: JsonValue): void {
  response.setHeader('Cache-Control', NO_CACHE);
  send(response, status, 'application/json', pythonJson({ data, status_code: status }));
}

function sendPage(response: Response, { status, body }: FlaskPage): void {
  send(response, status, HTML, body);
}

/** Not by Express, which adds a charset to JSON; for HEAD Node leaves the body out and keeps its length. */
function send(response: Response, status: number, type: string, body: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
