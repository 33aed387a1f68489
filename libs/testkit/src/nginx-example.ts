import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NginxConfig } from './servers/nginx.ts';

const EXAMPLES = join(import.meta.dirname, '../../../deploy/nginx');

/**
 * An example of `deploy/nginx` as it is, with what it includes beside it, but for its addresses:
 * `servers` maps an address of the example (`127.0.0.1:8080`) to the URL that takes its place.
 *
 * Throws, when nginx starts, if an address is not in the example.
 */
export function nginxExample(name: string, servers: Readonly<Record<string, string>>): NginxConfig {
  return ({ port, dir }) => {
    for (const file of readdirSync(EXAMPLES)) copyFileSync(join(EXAMPLES, file), join(dir, file));
    const replacements = Object.entries(servers).map(
      ([address, url]) => [`server ${address}`, `server ${new URL(url).host}`] as const,
    );
    let text = readFileSync(join(EXAMPLES, name), 'utf8');
    for (const [from, to] of [['listen 80;', `listen 127.0.0.1:${port};`] as const, ...replacements]) {
      if (!text.includes(from)) throw new Error(`${name} has no "${from}"`);
      text = text.replaceAll(from, to);
    }
    return text;
  };
}
