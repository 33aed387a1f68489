import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../find-program.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

/** A real Prometheus with the given `prometheus.yml`; `reload` replaces it while it runs. */
export async function startPrometheus(
  options: ServerOptions & { configYaml: string; args?: string[] },
): Promise<Server & { reload(configYaml: string): Promise<void> }> {
  let configYaml = options.configYaml;
  const server = await startServer(
    {
      name: 'prometheus',
      prepare: ({ port, dir }) => {
        const config = join(dir, 'prometheus.yml');
        writeFileSync(config, configYaml);
        return {
          command: requireProgram('prometheus'),
          args: [
            `--config.file=${config}`,
            `--storage.tsdb.path=${join(dir, 'data')}`,
            `--web.listen-address=127.0.0.1:${port}`,
            '--web.enable-lifecycle',
            '--log.level=warn',
            ...(options.args ?? []),
          ],
          ready: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
        };
      },
    },
    options,
  );
  const reload = async (newConfigYaml: string): Promise<void> => {
    configYaml = newConfigYaml;
    writeFileSync(join(server.dir, 'prometheus.yml'), configYaml);
    const response = await fetch(`${server.url}/-/reload`, { method: 'POST' });
    if (!response.ok) throw new Error(`Prometheus refused the configuration: ${await response.text()}`);
  };
  // Not spread: `pid` is a getter that has to stay one.
  return Object.defineProperties(
    { reload } as Server & { reload: typeof reload },
    Object.getOwnPropertyDescriptors(server),
  );
}

/** One element of an instant query's answer. */
export type PrometheusSample = { labels: Record<string, string>; value: number };

/** Runs an instant query; throws with Prometheus's own words if it refuses. */
export async function queryPrometheus(url: string, query: string): Promise<PrometheusSample[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query }),
  });
  const answer = (await response.json()) as PrometheusAnswer;
  if (answer.data === undefined)
    throw new Error(`Prometheus refused ${query}: ${answer.error ?? response.status}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

type PrometheusAnswer = {
  error?: string;
  data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
};
