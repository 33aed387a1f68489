import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRegistry, type Server } from '@quay-observability/testkit';

/** A token as an operator would make it. */
export const TOKEN = 'a-token-of-the-tests-0123456789';

const EXAMPLE = join(import.meta.dirname, '../../../deploy/registry/notifications.yml');

/** A real registry that sends its events there, configured by the example but for address and token. */
export async function startNotifyingRegistry(url: string): Promise<Server> {
  const example = readFileSync(EXAMPLE, 'utf8');
  const sections = example
    .replace('http://registry-metrics:8082/notifications', url)
    .replace('change-me-to-a-long-random-token', TOKEN);
  if (!sections.includes(url) || !sections.includes(TOKEN)) throw new Error('the example has changed');
  return startRegistry({ sections });
}
