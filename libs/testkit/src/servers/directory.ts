import { connect } from 'node:net';
import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { startServer, type Server, type ServerOptions } from './server.ts';

const SCRIPT = join(import.meta.dirname, '../../../../tools/python-oracle/oracle/ldap_directory.py');

export type DirectoryOptions = ServerOptions & {
  /** The one name that may bind, and its password. */
  dn: string;
  password: string;
  /** A file with key and certificate, PEM: then it speaks TLS alone. */
  pemFile?: string;
};

/** A directory that speaks LDAP, by ldaptor. */
export async function startDirectory(options: DirectoryOptions): Promise<Server> {
  const { python } = await pythonEnvironment('services');
  const { dn, password, pemFile } = options;
  return startServer(
    {
      name: 'directory',
      scheme: pemFile === undefined ? 'ldap' : 'ldaps',
      prepare: ({ port, dir }) => ({
        command: python,
        args: ['-B', SCRIPT, String(port), dn, password, ...(pemFile === undefined ? [] : [pemFile])],
        env: { PATH: process.env.PATH, HOME: dir },
        ready: () => acceptsConnections(port),
      }),
    },
    options,
  );
}

function acceptsConnections(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
