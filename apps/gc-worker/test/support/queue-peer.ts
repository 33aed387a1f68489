import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '@quay-observability/testkit';
import { timestamp } from './random-registry.ts';

/** A worker of Quay's at a queue, with the peewee that Quay pins. */
export type QueuePeer = {
  /** The id of the item that it has claimed for three hours; undefined if it got none. */
  claim(nowMs?: number): Promise<number | undefined>;
  stop(): void;
};

export async function startQueuePeer(uri: string, queue: string): Promise<QueuePeer> {
  const { python } = await pythonEnvironment('quay');
  const script = join(import.meta.dirname, '../oracle/queue_peer.py');
  const child = spawn(python, ['-B', script, uri, queue], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    claim: async (nowMs = Date.now()) => {
      child.stdin.write(`${timestamp(nowMs)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the peer has ended');
      return (JSON.parse(value) as { claimed?: number | null }).claimed ?? undefined;
    },
    stop: () => void child.kill(),
  };
}
