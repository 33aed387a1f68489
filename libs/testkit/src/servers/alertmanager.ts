import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../find-program.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const KEEPS_TO_ITSELF = 'route: { receiver: none }\nreceivers: [{ name: none }]\n';

/** A real Alertmanager, not clustered, that notifies nobody unless the configuration says so. */
export async function startAlertmanager(
  options: ServerOptions & { configYaml?: string } = {},
): Promise<Server> {
  return startServer(
    {
      name: 'alertmanager',
      prepare: ({ port, dir }) => {
        const config = join(dir, 'alertmanager.yml');
        writeFileSync(config, options.configYaml ?? KEEPS_TO_ITSELF);
        return {
          command: requireProgram('prometheus-alertmanager', 'alertmanager'),
          args: [
            `--config.file=${config}`,
            `--storage.path=${join(dir, 'data')}`,
            `--web.listen-address=127.0.0.1:${port}`,
            '--cluster.listen-address=',
          ],
          ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
        };
      },
    },
    options,
  );
}
