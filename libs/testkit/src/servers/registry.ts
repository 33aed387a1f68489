import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../find-program.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

/** A real OCI registry (CNCF Distribution) that stores in its folder and, unless told, asks nobody for a password. */
export async function startRegistry(
  options: ServerOptions & {
    /** Allows DELETE of manifests and blobs. */
    deletes?: boolean;
    /** Sends clients to the storage instead of serving blobs itself, where the storage can. */
    redirects?: boolean;
    /** Refuses every request with 401: there is no user. */
    asksForPassword?: boolean;
    /** Where blobs go; `storage` in its folder unless told. */
    storageDir?: string;
    logLevel?: 'error' | 'warn' | 'info' | 'debug';
    /** Further sections of its configuration, as YAML. */
    sections?: string;
  } = {},
): Promise<Server> {
  return startServer(
    {
      name: 'registry',
      prepare: ({ port, dir }) => {
        const storage = options.storageDir ?? join(dir, 'storage');
        mkdirSync(storage, { recursive: true });
        const config = join(dir, 'registry.yml');
        const users = join(dir, 'htpasswd');
        if (options.asksForPassword === true) writeFileSync(users, '');
        writeFileSync(
          config,
          renderSections({
            version: 0.1,
            log: { level: options.logLevel ?? 'warn', accesslog: { disabled: true } },
            storage: {
              filesystem: { rootdirectory: storage },
              delete: { enabled: options.deletes ?? false },
              redirect: { disable: !(options.redirects ?? false) },
              maintenance: { uploadpurging: { enabled: false } },
            },
            ...(options.asksForPassword === true
              ? { auth: { htpasswd: { realm: 'test', path: users } } }
              : {}),
            http: { addr: `127.0.0.1:${port}`, secret: 'only-for-tests' },
          }) + (options.sections ?? ''),
        );
        return {
          command: requireProgram('docker-registry', 'registry'),
          args: ['serve', config],
          env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
          // `/` asks for no password.
          ready: () => answersOk(`http://127.0.0.1:${port}/`),
        };
      },
    },
    options,
  );
}

/** YAML is a superset of JSON, and takes further sections behind these. */
function renderSections(sections: Readonly<Record<string, unknown>>): string {
  return Object.entries(sections)
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}\n`)
    .join('');
}
