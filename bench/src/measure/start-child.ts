import { join } from 'node:path';
import { freePort, launch, type RunningProcess } from '@quay-observability/testkit';

/** A server to measure, in a process of its own. */
export type Child = { name: string; url: string; port: number; process: RunningProcess };

/** What to run; `args` are made once its port is known. */
export type ChildCommand = {
  name: string;
  command: string;
  args: (port: number) => string[];
  env?: (port: number) => NodeJS.ProcessEnv;
  /** Answers 200 once the server is ready; `/metrics` unless told. */
  readyPath?: string;
};

/** Starts a server on a free port of 127.0.0.1 and waits until it answers. Its log goes to `folder`. */
export async function startChild(child: ChildCommand, folder: string): Promise<Child> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await launch({
    name: child.name,
    command: child.command,
    args: child.args(port),
    cwd: folder,
    env: { ...process.env, ...child.env?.(port) },
    logFile: join(folder, `${child.name.replaceAll(/\W+/g, '-')}.log`),
    ready: async () => (await fetch(`${url}${child.readyPath ?? '/metrics'}`)).ok,
  });
  return { name: child.name, url, port, process: running };
}
