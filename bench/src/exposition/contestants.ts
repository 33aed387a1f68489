import { join } from 'node:path';
import { findProgram, pythonEnvironment } from '@quay-observability/testkit';
import { buildGoProgram } from '../measure/go-program.ts';
import type { ChildCommand } from '../measure/start-child.ts';

/** A client library that is compared; `floor` sends the same bytes ready-made. */
export type LibraryName = (typeof NAMES)[number];

// In the order of the tables.
const NAMES = ['ours', 'prom-client', 'client_golang', 'prometheus_client', 'floor'] as const;

/** How to start a library's server. `isNode`: its event loop can be watched. */
export type Library = ChildCommand & { name: LibraryName; isNode: boolean };

/**
 * The libraries that this machine can run, of those asked for (all if none is), as commands for a workload
 * file. `onAbsent` hears of the others. Throws on a name that there is not.
 */
export async function availableLibraries(
  onAbsent: (reason: string) => void,
  only: readonly string[],
): Promise<(workloadFile: string) => Library[]> {
  const unknown = only.find((name) => !NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}", only ${NAMES.join(', ')}`);
  const wanted = NAMES.filter((name) => only.length === 0 || only.includes(name));
  const golang = wanted.includes('client_golang') ? await buildGoProgram('exposition', onAbsent) : undefined;
  const python = wanted.includes('prometheus_client') ? await quayPython(onAbsent) : undefined;
  return (workloadFile) =>
    wanted.flatMap((name) => {
      if (name === 'client_golang') return golang === undefined ? [] : [go(golang, workloadFile)];
      if (name === 'prometheus_client') return python === undefined ? [] : [py(python, workloadFile)];
      return [node(name, workloadFile)];
    });
}

function go(program: string, workloadFile: string): Library {
  const args = (port: number) => [workloadFile, String(port)];
  return { name: 'client_golang', isNode: false, command: program, args };
}

function py(python: string, workloadFile: string): Library {
  const script = join(import.meta.dirname, '../../python/exposition.py');
  const args = (port: number) => ['-B', script, workloadFile, String(port)];
  return { name: 'prometheus_client', isNode: false, command: python, args };
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
