import { findProgram, freePort, startPythonRegistry } from '@quay-observability/testkit';
import { buildGoProgram } from '../measure/go-program.ts';
import { startChild } from '../measure/start-child.ts';
import { asContestant } from './as-contestant.ts';
import type { Contestant, Place } from './contestants.ts';

// ReverseProxy's own size, which is what Go proxies have; and a large one, with which blobs cost a third less.
const GO_BUFFER_KIB = 32;
const LARGE_BUFFER_KIB = 512;

/** httputil.ReverseProxy with client_golang (`bench/go/proxy`): one process, with as many threads as Go takes by itself. */
export function startGo(place: Place): Promise<Contestant | undefined> {
  return startGoWith('go', GO_BUFFER_KIB, place);
}

/** The same, its buffers tuned for blobs: what Go can do, rather than what it does. */
export function startGoLargeBuffers(place: Place): Promise<Contestant | undefined> {
  return startGoWith('go 512 KiB', LARGE_BUFFER_KIB, place);
}

async function startGoWith(
  name: string,
  bufferKiB: number,
  { upstream, image, folder, onAbsent }: Place,
): Promise<Contestant | undefined> {
  const command = await buildGoProgram('proxy', onAbsent);
  if (command === undefined) return undefined;
  const adminPort = await freePort();
  const args = (port: number) => [upstream.url, String(port), String(adminPort), String(bufferKiB)];
  const child = await startChild({ name, command, args, readyPath: image.manifest.path }, folder);
  return asContestant(child, `http://127.0.0.1:${adminPort}/metrics`);
}

/**
 * Python as today: Flask under gunicorn with one gevent worker, prometheus_client 0.7.1 and urllib3, as
 * `tools/python-oracle` puts it in Quay's place. Its master's CPU time counts too.
 */
export async function startPython({ upstream, onAbsent }: Place): Promise<Contestant | undefined> {
  if (findProgram('python3') === undefined) {
    onAbsent('Python is not installed: its contestant is left out.');
    return undefined;
  }
  const server = await startPythonRegistry({ upstreamUrl: upstream.url });
  const { url, pid } = server;
  return { name: 'python', url, pid, metricsUrl: `${url}/metrics`, stop: () => server.stop() };
}
