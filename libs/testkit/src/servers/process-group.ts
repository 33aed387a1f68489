import type { Server } from './server.ts';

/**
 * The same server, with its signals and its end reaching the workers of its process too: otherwise they
 * would go on serving when their master is frozen or killed.
 */
export function signalWholeGroup(server: Server): Pick<Server, 'signal' | 'kill' | 'stop'> {
  const signal = (name: NodeJS.Signals): void => {
    // Every server leads a process group of its own.
    if (server.exit() === undefined) process.kill(-server.pid, name);
  };
  return {
    signal,
    kill: async () => {
      signal('SIGKILL');
      await server.kill();
    },
    stop: async () => {
      signal('SIGCONT');
      await server.stop();
    },
  };
}
