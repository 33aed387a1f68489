import { readFile } from 'node:fs/promises';
import { bindToLdap } from '@quay-observability/ldap';
import type { AuthenticationSettings } from '@quay-observability/quay-config';
import type { CheckResult } from '../service-check.ts';

/** Binds as the administrator, as `LDAPUsers.ping` does. */
export async function pingLdap(
  ldap: AuthenticationSettings['ldap'],
  signal: AbortSignal,
): Promise<CheckResult> {
  const result = await bindToLdap({
    uri: ldap.uri,
    dn: ldap.adminDn ?? '',
    password: ldap.adminPassword ?? '',
    connectTimeoutMs: ldap.networkTimeoutSeconds * 1000,
    timeoutMs: ldap.timeoutSeconds * 1000,
    insecure: ldap.allowInsecureFallback,
    ca: await readIfThere(ldap.caFile),
    signal,
  });
  switch (result.outcome) {
    case 'bound':
      return { healthy: true };
    case 'refused':
      return { healthy: false, failure: 'LDAP Admin dn or password is invalid' };
    case 'failed':
      return { healthy: false, failure: `Can't contact LDAP server: ${result.problem}` };
  }
}

/** Each time anew: certificates are replaced while the app runs. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
