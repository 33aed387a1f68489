import { join } from 'node:path';
import { findProgram, pythonEnvironment } from '@quay-observability/testkit';
import { buildGoProgram } from '../measure/go-program.ts';
import type { ChildCommand } from '../measure/start-child.ts';

/** A client library that is compared; `floor` sends the same bytes ready-made. */
export type LibraryName = 'ours' | 'prom-client' | 'client_golang' | 'prometheus_client' | 'floor';

/** How to start a library's server. `isNode`: its event loop can be watched. */
export type Library = ChildCommand & { name: LibraryName; isNode: boolean };

/** The libraries that this machine can run; `onAbsent` hears of the others. */
export async function availableLibraries(
  workloadFile: string,
  onAbsent: (reason: string) => void,
): Promise<Library[]> {
  const libraries = [node('ours', workloadFile), node('prom-client', workloadFile)];
  const golang = await buildGoProgram('exposition', onAbsent);
  if (golang !== undefined)
    libraries.push({
      name: 'client_golang',
      isNode: false,
      command: golang,
      args: (port) => [workloadFile, String(port)],
    });
  const python = await quayPython(onAbsent);
  if (python !== undefined)
    libraries.push({
      name: 'prometheus_client',
      isNode: false,
      command: python,
      args: (port) => [
        '-B',
        join(import.meta.dirname, '../../python/exposition.py'),
        workloadFile,
        String(port),
      ],
    });
  libraries.push(node('floor', workloadFile));
  return libraries;
}

function node(name: 'ours' | 'prom-client' | 'floor', workloadFile: string): Library {
  const script = join(import.meta.dirname, 'node-server.ts');
  const args = (port: number) => [
    '--conditions=@quay-observability/source',
    script,
    name,
    workloadFile,
    String(port),
  ];
  return { name, isNode: true, command: process.execPath, args };
}

async function quayPython(onAbsent: (reason: string) => void): Promise<string | undefined> {
  if (findProgram('python3') === undefined) {
    onAbsent('Python is not installed: its contestant is left out.');
    return undefined;
  }
  try {
    return (await pythonEnvironment('quay')).python;
  } catch (error) {
    onAbsent(`The Python contestant is left out: ${(error as Error).message}`);
    return undefined;
  }
}
