import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonEnvironment } from '@quay-observability/testkit';
import type { Samples } from './samples.ts';

export type PythonStep =
  | {
      do: 'index';
      manifest: string;
      layers: readonly { digest: string; bytes: number | null; uri?: string }[];
    }
  | {
      do: 'state' | 'report' | 'delete_report' | 'vulnerabilities' | 'notification' | 'delete_notification';
      id?: string;
      next?: string;
    };

export type PythonTask = {
  endpoint: string;
  psk: string | null;
  database: string | null;
  steps: readonly PythonStep[];
};

const ORACLE = join(import.meta.dirname, '../../../../tools/python-oracle/oracle');

/** Has Quay's client of Clair, in Python, do these steps; gives what it observed and the outcome of each step. */
export async function runPythonClient(task: PythonTask): Promise<{ samples: Samples; outcomes: unknown[] }> {
  const { python } = await pythonEnvironment('quay');
  const client = spawn(python, ['-B', join(ORACLE, 'secscan_client.py')], {
    cwd: ORACLE,
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  client.stdin.end(JSON.stringify(task));
  const [output, [code]] = await Promise.all([
    text(client.stdout),
    once(client, 'close') as Promise<[number]>,
  ]);
  if (code !== 0) throw new Error(`the Python client ended with ${code}`);
  const { samples, outcomes } = JSON.parse(output) as {
    samples: { name: string; labels: Record<string, string>; value: number }[];
    outcomes: unknown[];
  };
  return {
    outcomes,
    samples: new Map(
      samples
        // Gauges of the moment of creation, which the new runtime does not have.
        .filter(({ name }) => !name.endsWith('_created'))
        .map(({ name, labels, value }) => [`${name}${textOf(labels)}`, value]),
    ),
  };
}

function textOf(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
