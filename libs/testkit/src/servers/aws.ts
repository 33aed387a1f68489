import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const SCRIPT = join(import.meta.dirname, '../../../../tools/python-oracle/oracle/aws_services.py');

export type AwsKeys = { accessKeyId: string; secretAccessKey: string };

export type AwsServer = Server & {
  /** Of a user who may do everything; other ones after `restart()`, which forgets all state. */
  readonly keys: AwsKeys;
  /** Of a user who is known and may do nothing. */
  readonly forbiddenKeys: AwsKeys;
  /** Makes a database instance if need be, and sets its status, e.g. `rebooting`. */
  setRdsStatus(instance: string, status: string): Promise<void>;
  /** Makes a role that may do everything, and resolves to its ARN. */
  createRole(name: string): Promise<string>;
};

/** AWS's S3, STS and RDS by moto, which checks the signature and rights of every request. Region us-east-1. */
export async function startAws(options: ServerOptions = {}): Promise<AwsServer> {
  const { python } = await pythonEnvironment('services');
  const server = await startServer(
    {
      name: 'aws',
      prepare: ({ port, dir }) => ({
        command: python,
        args: ['-B', SCRIPT, String(port), dir],
        env: { PATH: process.env.PATH, HOME: dir },
        ready: () => answersOk(`http://127.0.0.1:${port}/-/up`),
      }),
    },
    options,
  );
  const keys = () =>
    JSON.parse(readFileSync(join(server.dir, 'keys.json'), 'utf8')) as { allowed: AwsKeys; forbidden: AwsKeys };
  const own: Omit<AwsServer, keyof Server> = {
    get keys() {
      return keys().allowed;
    },
    get forbiddenKeys() {
      return keys().forbidden;
    },
    setRdsStatus: async (instance, status) => {
      await post(`${server.url}/-/rds/${instance}?status=${status}`);
    },
    createRole: (name) => post(`${server.url}/-/role/${name}`),
  };
  // Not spread: `pid` is a getter that has to stay one.
  return Object.defineProperties({} as AwsServer, {
    ...Object.getOwnPropertyDescriptors(server),
    ...Object.getOwnPropertyDescriptors(own),
  });
}

async function post(url: string): Promise<string> {
  const response = await fetch(url, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
  return text;
}
