import { Agent, request } from 'node:http';

/** One request, without a body; gives the status once the answer is complete. */
export function send(agent: Agent, baseUrl: string, method: string, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = new URL(baseUrl);
    // As it is: `URL` would take a path apart and put it together.
    const sending = request({ agent, host: url.hostname, port: url.port, method, path: target }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sending.once('error', reject);
    sending.end();
  });
}

/** All of them, a few at a time; the statuses in their order. */
export async function sendAll(
  baseUrl: string,
  requests: readonly { method: string; target: string }[],
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  try {
    return await Promise.all(requests.map(({ method, target }) => send(agent, baseUrl, method, target)));
  } finally {
    agent.destroy();
  }
}
