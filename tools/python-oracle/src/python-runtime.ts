import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { AppName } from '@quay-observability/metric-catalogue';
import { pythonEnvironment, type PythonEnvironmentName } from '@quay-observability/testkit';
import type { Step } from './workload.ts';

const ORACLE = join(import.meta.dirname, '../oracle');

/** A metric as prometheus_client itself describes it. `labels` are sorted, `buckets` without +Inf. */
export type PythonMetric = {
  declared: string;
  wire: string;
  type: string;
  help: string;
  labels: string[];
  buckets: number[];
  /** Apps that take over the work behind it. */
  apps: AppName[];
};

/** What Quay declares, as the given prometheus_client makes it. Needs no server. */
export async function pythonDeclarations(environment: PythonEnvironmentName): Promise<PythonMetric[]> {
  const json = await runPython(environment, ['dump.py'], '');
  return JSON.parse(json) as PythonMetric[];
}

/** Runs one Python process that does the steps and pushes its registry to the Pushgateway, as Quay does. */
export async function pushFromPython(
  environment: PythonEnvironmentName,
  gatewayUrl: string,
  app: AppName,
  steps: readonly Step[],
): Promise<void> {
  await runPython(environment, ['push.py', gatewayUrl, app], JSON.stringify(steps));
}

async function runPython(
  environment: PythonEnvironmentName,
  [script, ...args]: [string, ...string[]],
  input: string,
): Promise<string> {
  const { python } = await pythonEnvironment(environment);
  // -B: no compiled files beside the sources.
  const child = spawn(python, ['-B', join(ORACLE, script), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  child.stdin.end(input);
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (code !== 0)
    throw new Error(
      `${script} under prometheus_client of "${environment}" ended with ${String(code)}: ${errors}`,
    );
  return output;
}
