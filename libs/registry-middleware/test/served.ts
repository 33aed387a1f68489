import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createMetrics } from '@quay-observability/metrics';
import { registryLabelValues, type RegistryMetricsOptions } from '../src/index.ts';

/** A server for the length of a test. */
export async function serve(
  test: TestContext,
  handler: RequestListener,
): Promise<{ url: string; port: number }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** Real metrics with what is needed to mount the middleware, and what they have counted. */
export function counting(families: RegistryMetricsOptions['routes'] = ['v1', 'v2']) {
  const metrics = createMetrics({
    app: 'registry-metrics',
    runtimeMetrics: false,
    known: registryLabelValues(new Map([['v2', 'registry']]), families),
  });
  const problems: string[] = [];
  const options: RegistryMetricsOptions = {
    metrics,
    ...(families === undefined ? {} : { routes: families }),
    onProblem: (message, error) => problems.push(`${message} ${String(error)}`),
  };
  /** `name{labels} value`, without the parts that are the same everywhere. */
  const samples = async (prefix: RegExp): Promise<string[]> => {
    const { body } = await metrics.exposition();
    return body
      .toString()
      .split('\n')
      .filter((line) => prefix.test(line) && !line.startsWith('#'))
      .map((line) => line.replace(/^quay_/, '').replace(/,?runtime="go"/, ''));
  };
  return { options, problems, samples };
}

/** Sends raw bytes and hangs up once `until` has arrived. */
export async function hangUpAfter(port: number, head: string, until: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(head);
  let seen = '';
  for await (const chunk of socket) {
    seen += String(chunk);
    if (seen.includes(until)) break;
  }
  socket.destroy();
}
