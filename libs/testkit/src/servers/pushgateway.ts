import { requireProgram } from '../find-program.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

/** A real Pushgateway. */
export async function startPushgateway(options: ServerOptions = {}): Promise<Server> {
  return startServer(
    {
      name: 'pushgateway',
      prepare: ({ port }) => ({
        command: requireProgram('prometheus-pushgateway', 'pushgateway'),
        // In memory only: Debian's build would load and save the pushes of every earlier run.
        args: [`--web.listen-address=127.0.0.1:${port}`, '--persistence.file='],
        ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
      }),
    },
    options,
  );
}
