import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment, type AwsServer } from '@quay-observability/testkit';

/** Where the files of one location are. */
export type BucketPlace = {
  /** Name of the storage location. */
  readonly location: string;
  readonly bucket: string;
  /** What keys begin with, slash included; empty for all. */
  readonly prefix: string;
};

/** Buckets by boto3: it shares no code with what is tested. */
export type Buckets = {
  make(bucket: string): Promise<void>;
  /** Empties the places, then writes these files (`location/path`); those of other locations are left out. */
  fill(places: readonly BucketPlace[], files: Iterable<string>): Promise<void>;
  remove(places: readonly BucketPlace[], files: readonly string[]): Promise<void>;
  /** All there is, as `location/path`; what is outside of its place as `bucket!key`. */
  list(places: readonly BucketPlace[]): Promise<string[]>;
  put(bucket: string, key: string): Promise<void>;
  stop(): Promise<void>;
};

export async function startBuckets(aws: AwsServer): Promise<Buckets> {
  const { python } = await pythonEnvironment('services');
  const script = join(import.meta.dirname, '../oracle/bucket_peer.py');
  const { accessKeyId, secretAccessKey } = aws.keys;
  const child = spawn(python, ['-B', script, aws.url, accessKeyId, secretAccessKey], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: aws.dir, AWS_DEFAULT_REGION: 'us-east-1' },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command: string, bucket: string, keys: readonly string[] = []): Promise<string[]> => {
    child.stdin.write(`${JSON.stringify({ command, bucket, keys })}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error(`boto3 failed to ${command}; its own words are above`);
    return (JSON.parse(value) as { answer: string[] | null }).answer ?? [];
  };
  const keysOf = ({ location, prefix }: BucketPlace, files: Iterable<string>) =>
    [...files]
      .filter((file) => file.startsWith(`${location}/`))
      .map((file) => prefix + file.slice(location.length + 1));
  return {
    make: async (bucket) => {
      await ask('make', bucket);
    },
    fill: async (places, files) => {
      for (const { bucket } of places) await ask('delete', bucket, await ask('list', bucket));
      for (const place of places) await ask('put', place.bucket, keysOf(place, files));
    },
    remove: async (places, files) => {
      for (const place of places) await ask('delete', place.bucket, keysOf(place, files));
    },
    list: async (places) => {
      const found: string[] = [];
      for (const { location, bucket, prefix } of places)
        for (const key of await ask('list', bucket))
          found.push(key.startsWith(prefix) ? `${location}/${key.slice(prefix.length)}` : `${bucket}!${key}`);
      return found.sort();
    },
    put: async (bucket, key) => {
      await ask('put', bucket, [key]);
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
