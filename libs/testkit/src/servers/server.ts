import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { launch, type ProcessExit, type ProcessOptions, type RunningProcess } from '../server-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { removeFolder } from '../watchdog.ts';

/** What every server can be told. */
export type ServerOptions = {
  /** A free one unless told. */
  port?: number | undefined;
  /**
   * Folder for its files. Without it a new temporary folder is made, and removed by `stop()`; a folder
   * that was given stays.
   */
  dir?: string | undefined;
};

/** A real server, up on 127.0.0.1. */
export type Server = {
  readonly name: string;
  /** `http://127.0.0.1:port`, or the protocol's own. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now; another one after `restart()`. */
  readonly pid: number;
  readonly dir: string;
  /** How it ended, if it is down. */
  exit(): ProcessExit | undefined;
  /** Sends a signal, e.g. SIGSTOP to freeze it. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, and waits until it is gone. Its files stay, for {@link Server.restart}. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and files; stops it first if it is up. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
  log(): string;
};

/** How one kind of server is started once its port and folder are known. */
export type ServerKind = {
  name: string;
  /** Protocol of the URL; http unless told. */
  scheme?: string;
  /** Writes its configuration and says what to run. */
  prepare: (place: { port: number; dir: string }) => ServerCommand | Promise<ServerCommand>;
};

type ServerCommand = Omit<ProcessOptions, 'name' | 'cwd' | 'logFile'>;

/** Starts a server of this kind on a free port, in a folder of its own. */
export async function startServer(kind: ServerKind, options: ServerOptions): Promise<Server> {
  const port = options.port ?? (await freePort());
  const dir = options.dir ?? temporaryFolder(kind.name);
  mkdirSync(dir, { recursive: true });
  const start = async (): Promise<RunningProcess> =>
    launch({
      ...(await kind.prepare({ port, dir })),
      name: kind.name,
      cwd: dir,
      logFile: join(dir, `${kind.name}.log`),
    });
  const removeFiles = (): void => {
    if (options.dir === undefined) removeFolder(dir);
  };

  let running = await start().catch((error: unknown) => {
    removeFiles();
    throw error;
  });
  return {
    name: kind.name,
    url: `${kind.scheme ?? 'http'}://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return running.pid;
    },
    exit: () => running.exit(),
    signal: (name) => {
      running.signal(name);
    },
    log: () => running.log(),
    kill: async () => {
      running.signal('SIGKILL');
      await running.stop();
    },
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      removeFiles();
    },
  };
}

/** Throws unless the address answers with 2xx. */
export async function answersOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}
