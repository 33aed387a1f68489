import { headerValue } from '@quay-observability/gateway';
import { userOfAuthorization } from '@quay-observability/owner-switch';

/** Who a request says it comes from, as for every other decision about it (contract section 13). */
export function userOf(rawHeaders: readonly string[]): string | undefined {
  return userOfAuthorization(headerValue(rawHeaders, 'authorization'));
}
