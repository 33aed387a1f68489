import { getCACertificates } from 'node:tls';
import { Client, InvalidCredentialsError, ResultCodeError } from 'ldapts';

export type LdapBindOptions = {
  /** `ldap://` or `ldaps://`; several are separated by blanks and tried one after the other. */
  readonly uri: string;
  /** Empty for an anonymous bind. */
  readonly dn: string;
  /** A secret. */
  readonly password: string;
  /** To connect to one server. */
  readonly connectTimeoutMs: number;
  /** For the answer to the bind. */
  readonly timeoutMs: number;
  /** Whether any certificate is taken. */
  readonly insecure: boolean;
  /** A certificate authority besides those of the machine, PEM. */
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Refused means that the directory knows not the name or not the password; a problem is free of secrets. */
export type LdapBindResult =
  { outcome: 'bound' } | { outcome: 'refused' } | { outcome: 'failed'; problem: string };

/** Binds by name and password on a connection of its own, which is closed again. */
export async function bindToLdap(options: LdapBindOptions): Promise<LdapBindResult> {
  const urls = options.uri.split(/\s+/).filter((url) => url !== '');
  let result: LdapBindResult = { outcome: 'failed', problem: 'no URI is configured' };
  for (const url of urls) {
    result = await bindOnce(url, options);
    // Of a list the next server is asked only if the one before could not be.
    if (result.outcome !== 'failed' || options.signal?.aborted === true) return result;
  }
  return result;
}

async function bindOnce(url: string, options: LdapBindOptions): Promise<LdapBindResult> {
  if (!isLdapUrl(url)) return { outcome: 'failed', problem: 'a URI is not ldap:// or ldaps://' };
  const client = new Client({
    url,
    connectTimeout: options.connectTimeoutMs,
    timeout: options.timeoutMs,
    // The server judges the name, as it does for Quay.
    strictDN: false,
    // Given at all, ldapts would speak TLS on ldap:// too.
    ...(url.toLowerCase().startsWith('ldaps:') && { tlsOptions: tlsOptions(options) }),
  });
  const calledOff = Promise.withResolvers<never>();
  const onAbort = () => calledOff.reject(new Error('it was called off'));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  try {
    await Promise.race([client.bind(options.dn, options.password), calledOff.promise]);
    return { outcome: 'bound' };
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return { outcome: 'refused' };
    return { outcome: 'failed', problem: describe(error) };
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    // Not awaited: a server that hangs would not take it. The connection goes in any case.
    client.unbind().catch(() => undefined);
  }
}

function isLdapUrl(url: string): boolean {
  return ['ldap:', 'ldaps:'].includes(URL.parse(url)?.protocol ?? '');
}

function tlsOptions({ insecure, ca }: LdapBindOptions) {
  return {
    rejectUnauthorized: !insecure,
    minVersion: 'TLSv1.2' as const,
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
  };
}

/** What the directory writes itself is left out: it may repeat the request. */
function describe(error: unknown): string {
  if (error instanceof ResultCodeError) return `the directory answers ${error.name} (${error.code})`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  return /timeout|timed out/i.test(message)
    ? 'no answer in time'
    : message.split('\n', 1).join('').slice(0, 200);
}
