import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment, type AwsServer } from '@quay-observability/testkit';

type Command = 'create_bucket' | 'put' | 'get' | 'encryption' | 'exists' | 'keys';

/** boto3 with Quay's parameters for one bucket, in a process of its own. */
export type Boto3Peer = { ask(command: Command, ...args: string[]): Promise<unknown>; stop(): Promise<void> };

export async function startBoto3(aws: AwsServer, bucket: string, storagePath: string): Promise<Boto3Peer> {
  const { python } = await pythonEnvironment('services');
  const script = join(import.meta.dirname, 'oracle/boto3_peer.py');
  const { accessKeyId, secretAccessKey } = aws.keys;
  const child = spawn(python, ['-B', script, aws.url, accessKeyId, secretAccessKey, bucket, storagePath], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: aws.dir, AWS_DEFAULT_REGION: 'us-east-1' },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (command, ...args) => {
      child.stdin.write(`${JSON.stringify({ command, arguments: args })}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`boto3 failed to ${command}; its own words are above`);
      return (JSON.parse(value) as { answer: unknown }).answer;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
