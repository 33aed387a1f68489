import type { AppName } from '@quay-observability/metric-catalogue';
import type { PythonEnvironmentName } from '@quay-observability/testkit';
import { compareRuntimes, type Difference } from './compare-runtimes.ts';
import { pythonDeclarations } from './python-runtime.ts';
import { COMPARED_APPS, PYTHON_CLIENTS, type StoredRuntimes } from './stored-runtimes.ts';

/** The comparison of one app with one prometheus_client. */
export type ParityRow = {
  client: PythonEnvironmentName;
  app: AppName;
  metrics: number;
  samples: number;
  differences: Difference[];
};

/**
 * Compares every app with every prometheus_client. Throws if Python's own side lacks a metric it
 * declares for the app, since then nothing would have been compared.
 */
export async function checkParity(stored: StoredRuntimes): Promise<ParityRow[]> {
  const rows: ParityRow[] = [];
  for (const client of PYTHON_CLIENTS) {
    const declared = await pythonDeclarations(client);
    for (const app of COMPARED_APPS) {
      const python = await stored.python(client, app);
      const absent = declared.find(({ wire, apps }) => apps.includes(app) && !python.has(wire));
      if (absent !== undefined)
        throw new Error(`${absent.wire} of Python (${client}, ${app}) did not arrive in Prometheus`);
      const samples = [...python.values()].flatMap((family) => family.samples);
      // A gateway that kept an earlier run would show that run's HELP and types in the place of this one's.
      const processes = new Set(samples.map(({ labels }) => labels.pid));
      if (processes.size !== 1)
        throw new Error(`${processes.size} Python processes pushed as ${app} (${client}), not 1`);
      rows.push({
        client,
        app,
        metrics: python.size,
        samples: samples.length,
        differences: compareRuntimes(python, await stored.ours(app)),
      });
    }
  }
  return rows;
}
