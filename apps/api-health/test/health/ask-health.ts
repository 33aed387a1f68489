import { request, type Agent, type IncomingHttpHeaders } from 'node:http';

/** An answer, byte for byte. */
export type HealthAnswer = { status: number; headers: IncomingHttpHeaders; body: string };

export type AskOptions = { method?: string; headers?: Record<string, string>; agent?: Agent };

/** Sends a target as it is written, which `fetch` would normalise. */
export function askHealth(base: string, target: string, options: AskOptions = {}): Promise<HealthAnswer> {
  const { method = 'GET', headers = {}, agent } = options;
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path: target, method, headers, agent: agent ?? false, timeout: 60_000 },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`no answer to ${target}`)));
    sent.once('error', reject).end();
  });
}

/** The cookie of a session that sees the debug information. */
export async function debugSession(base: string, secret: string): Promise<Record<string, string>> {
  const { headers } = await askHealth(base, `/health/enabledebug/${secret}`);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  return { cookie: cookie.slice(0, cookie.indexOf(';')) };
}
