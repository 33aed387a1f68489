import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpClient } from '../measure/http-get.ts';
import { startChild, type Child } from '../measure/start-child.ts';
import { checkExposition } from './check-exposition.ts';
import type { Library } from './contestants.ts';
import type { Workload } from './workload.ts';

/** A library's server, up, with every series observed once; `sizeBytes` is its exposition's. */
export type LibraryServer = Child & { isNode: boolean; sizeBytes: number };

/** Starts one server per library with this workload. Throws unless each exposes all of it; the others are stopped then. */
export async function startServers(
  librariesOf: (workloadFile: string) => readonly Library[],
  workload: Workload,
  parent: string,
  http: HttpClient,
): Promise<LibraryServer[]> {
  const folder = join(parent, String(workload.series.length));
  mkdirSync(folder);
  const workloadFile = join(folder, 'workload.json');
  writeFileSync(workloadFile, JSON.stringify(workload));
  const servers: LibraryServer[] = [];
  try {
    for (const library of librariesOf(workloadFile)) {
      const child = await startChild(library, folder);
      const server = { ...child, isNode: library.isNode, sizeBytes: 0 };
      servers.push(server);
      await http.json(`${server.url}/touch`);
      const exposition = await http.text(`${server.url}/metrics`);
      checkExposition(exposition, workload, 1);
      server.sizeBytes = Buffer.byteLength(exposition);
    }
    return servers;
  } catch (error) {
    await stopServers(servers);
    throw error;
  }
}

/** Ends them and waits. */
export async function stopServers(servers: readonly LibraryServer[]): Promise<void> {
  await Promise.all(servers.map(({ process: running }) => running.stop()));
}
