import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { CodedError } from '@quay-observability/coded-errors';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** libpq's `sslmode`, which Quay's driver uses, and its files. */
export type TlsSettings = {
  readonly mode: (typeof MODES)[number];
  /** Path of the CA's certificate; `system` means the usual ones. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
};

/** @throws CodedError `DATABASE_URL_INVALID` for a mode that libpq does not know. */
export function parseTlsSettings(argument: (name: string) => string | undefined): TlsSettings {
  const given = argument('sslmode');
  // libpq's default, with which Quay connects to servers that want TLS and to those that have none.
  const mode = given === undefined ? 'prefer' : MODES.find((name) => name === given);
  if (mode === undefined)
    throw new CodedError('DATABASE_URL_INVALID', `sslmode must be one of ${MODES.join(', ')}.`);
  return {
    mode,
    rootCertificate: argument('sslrootcert'),
    certificate: argument('sslcert'),
    key: argument('sslkey'),
  };
}

/** Whether a server without TLS is spoken to all the same. */
export function tlsIsOptional({ mode }: TlsSettings): boolean {
  return mode === 'allow' || mode === 'prefer';
}

/**
 * What `tls.connect` needs, or false. Reads the files each time, so that renewed certificates are picked up.
 *
 * @throws CodedError `TLS_FILE_UNREADABLE`
 */
export async function tlsOptions(settings: TlsSettings): Promise<ConnectionOptions | false> {
  if (settings.mode === 'disable') return false;
  const { rootCertificate } = settings;
  const [ca, cert, key] = await Promise.all([
    rootCertificate === 'system' ? undefined : read(rootCertificate),
    read(settings.certificate),
    read(settings.key),
  ]);
  return {
    // As in libpq: `require` verifies only if it is given something to verify with.
    rejectUnauthorized:
      settings.mode.startsWith('verify') || (settings.mode === 'require' && rootCertificate !== undefined),
    ...(settings.mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

async function read(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CodedError('TLS_FILE_UNREADABLE', `The TLS file ${file} cannot be read: ${cause}`, {
      cause: error,
    });
  }
}
