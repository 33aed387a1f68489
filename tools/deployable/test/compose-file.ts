import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Service = {
  image: string;
  profiles: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  mem_limit?: string;
  cpus?: number;
  depends_on?: Record<string, { condition: string }>;
  build?: { args: { APP: string } };
};

export const WORKSPACE = join(import.meta.dirname, '../../..');

/** The Compose file as it is, its variables unread. */
export const compose = parse(readFileSync(join(WORKSPACE, 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};

/** The environment that Compose gives a service, with these variables for the whole. */
export function environmentOf(
  service: string,
  variables: Record<string, string> = {},
): Record<string, string> {
  const given = Object.entries(compose.services[service]?.environment ?? {});
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, variable: string, fallback: string) => {
        const told = variables[variable] ?? '';
        return told === '' ? fallback : told;
      }),
    ]),
  );
}
