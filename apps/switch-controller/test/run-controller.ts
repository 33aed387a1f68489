import { request } from 'node:http';
import { join } from 'node:path';
import {
  startApp,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';

export const ANN = 'ann-has-a-long-token';
export const BOB = 'bob-has-a-long-token';

/** The app as its own process, ready, with two administrators and a folder of its own for what it keeps. */
export async function runController(
  redis: Pick<Server, 'port'>,
  env: Record<string, string> = {},
): Promise<RunningApp> {
  const app = await startApp(join(import.meta.dirname, '..'), {
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    SWITCH_STATE_DIR: temporaryFolder('switch-state'),
    SWITCH_SEED_DELAY_SECONDS: '0',
    SWITCH_ADMIN_TOKENS: `ann:${ANN},bob:${BOB}`,
    ...env,
  });
  await waitUntil('the controller to listen', async () => (await fetch(`${app.url}/v1/decision`)).ok);
  return app;
}

export type Call = {
  method?: string;
  body?: unknown;
  token?: string | undefined;
  headers?: Record<string, string>;
};
export type Answer = {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  json: Json;
};
/** JSON as it came: a test looks at what it expects to be there. */
export type Json = {
  version: number;
  error: { code: string; message: string; current_version: number };
  [field: string]: unknown;
};

/** One request on a connection of its own; an object as body is sent as JSON, a text as it is. */
export function call(app: Pick<RunningApp, 'url'>, path: string, options: Call = {}): Promise<Answer> {
  const { method = 'GET', body, token, headers } = options;
  const text = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, app.url),
      {
        method,
        agent: false,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        response.once('error', reject);
        response.once('end', () => {
          const isJson =
            response.headers['content-type']?.startsWith('application/json') === true && received !== '';
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Answer['headers'],
            text: received,
            json: (isJson ? JSON.parse(received) : {}) as Json,
          });
        });
      },
    );
    sent.once('error', reject);
    sent.end(text);
  });
}

/** The version that is published. */
export async function versionOf(app: Pick<RunningApp, 'url'>): Promise<number> {
  return (await call(app, '/v1/snapshot')).json.version;
}

/** Sets the owner of `V2_PULL`; everything else stays. */
export function setPull(
  app: Pick<RunningApp, 'url'>,
  version: number,
  owner: string | null,
  token: string | undefined = ANN,
): Promise<Answer> {
  const body = { version, owners: { ROUTE_OWNER_CAP_V2_PULL: owner } };
  return call(app, '/v1/snapshot', { method: 'PATCH', body, token });
}

/** What a process that polls says about itself. */
export function processHeaders(name: string, version: number, pid = 1): Record<string, string> {
  return {
    'x-quay-process-name': name,
    'x-quay-process-host': 'host-1',
    'x-quay-process-id': String(pid),
    'x-quay-snapshot-version': String(version),
    'x-quay-snapshot-age': '0.5',
    'x-quay-snapshot-state': 'fresh',
  };
}

/** The value of the sample whose name and labels begin with `sample`. */
export async function metric(app: Pick<RunningApp, 'adminUrl'>, sample: string): Promise<number | undefined> {
  const exposition = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const line = exposition.split('\n').find((each) => each.startsWith(sample));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}
