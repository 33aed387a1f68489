import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppName } from '@quay-observability/metric-catalogue';
import { pythonEnvironment } from '@quay-observability/testkit';
import type { Step } from './workload.ts';

const SCRIPT = join(import.meta.dirname, '../oracle/live.py');
const SCRAPED = 'scraped';

/** A process of the Python runtime that goes on. */
export type LiveProcess = {
  /** Where its metrics can be scraped, spelt as Python does (`le="1.0"`); undefined if it pushes. */
  url: string | undefined;
  /** Does the steps with prometheus_client; when it returns, they can be read. No steps are a push. */
  doSteps(steps: readonly Step[]): Promise<void>;
  /** Ends it. What it has pushed stays in the Pushgateway. */
  stop(): Promise<void>;
};

/**
 * Starts one with the metrics that move to `app`, under Quay's own prometheus_client. It pushes to the Pushgateway as Quay
 * does, or is to be scraped. It ends with this process.
 */
export async function startLiveProcess(
  app: AppName,
  options: { pushgatewayUrl?: string } = {},
): Promise<LiveProcess> {
  const { python } = await pythonEnvironment('quay');
  const { pushgatewayUrl = SCRAPED } = options;
  // -B: no compiled files beside the sources.
  const child = spawn(python, ['-B', SCRIPT, pushgatewayUrl, app], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    assert.ok(line.done !== true, `${SCRIPT} has ended`);
    return line.value;
  };
  const url = pushgatewayUrl === SCRAPED ? await nextLine() : undefined;
  return {
    url,
    doSteps: async (steps) => {
      child.stdin.write(`${JSON.stringify(steps)}\n`);
      assert.equal(await nextLine(), 'done');
    },
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
