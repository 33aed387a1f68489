import type { AuthenticationSettings } from '@quay-observability/quay-config';
import type { CheckResult } from '../service-check.ts';
import { askHttp } from './ask-http.ts';

type Keystone = AuthenticationSettings['keystone'];

const DOMAIN = { id: 'default' };

/** Asks for a token as the administrator, and whose it is (`KeystoneV2Users.ping`, `KeystoneV3Users.ping`). */
export async function pingKeystone(keystone: Keystone, signal: AbortSignal): Promise<CheckResult> {
  const { url, version, timeoutSeconds } = keystone;
  if (url === undefined) return { healthy: false, failure: 'KEYSTONE_AUTH_URL is not set' };
  const question = version === 3 ? tokenOfV3(url, keystone) : tokenOfV2(url, keystone);
  const answer = await askHttp({ ...question, timeoutMs: timeoutSeconds * 1000, signal });
  if ('problem' in answer) return failed(answer.problem);
  if (answer.status === 401)
    return { healthy: false, failure: 'Keystone admin credentials are invalid: HTTP 401' };
  if (answer.status >= 300) return failed(`HTTP ${answer.status}`);
  return hasUser(answer.text) ? { healthy: true } : failed('its answer names no user');
}

function tokenOfV2(url: string, { adminUsername, adminPassword, adminTenant }: Keystone) {
  const passwordCredentials = { username: adminUsername, password: adminPassword };
  const tenant = adminTenant === undefined ? {} : { tenantName: adminTenant };
  return { url: `${withoutSlash(url)}/tokens`, body: { auth: { passwordCredentials, ...tenant } } };
}

/** Without a scope: the ping of Quay names no project either. */
function tokenOfV3(url: string, { adminUsername, adminPassword }: Keystone) {
  const user = { name: adminUsername, password: adminPassword, domain: DOMAIN };
  const base = withoutSlash(url);
  return {
    url: `${base.endsWith('v3') ? base : `${base}/v3`}/auth/tokens`,
    body: { auth: { identity: { methods: ['password'], password: { user } } } },
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** `access.user.id` of version 2, `token.user.id` of version 3. */
function hasUser(text: string): boolean {
  try {
    const answer = JSON.parse(text) as { access?: TokenOf; token?: TokenOf } | null;
    const id = answer?.access?.user?.id ?? answer?.token?.user?.id;
    return typeof id === 'string' && id !== '';
  } catch {
    return false;
  }
}

type TokenOf = { user?: { id?: unknown } };

function failed(problem: string): CheckResult {
  return { healthy: false, failure: `Keystone ping check failed: ${problem}` };
}
