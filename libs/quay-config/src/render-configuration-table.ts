import { EVERY_APP } from '@quay-observability/metric-catalogue';
import type { ConfigKey } from './config-key.ts';
import { CONFIG_KEYS } from './config-keys.ts';

/** The Markdown table of every key, generated from the definitions that also check them. */
export function renderConfigurationTable(): string {
  const keys: [string, ConfigKey<unknown>][] = Object.entries(CONFIG_KEYS);
  const rows = keys.map(([name, key]) => `| ${[`\`${name}\``, ...cells(key)].join(' | ')} |`);
  return [
    '| key | type | default | what it does | used by | contract section |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function cells(key: ConfigKey<unknown>): string[] {
  const { fallbackText, fallback: value } = key;
  const fallback = fallbackText ?? (typeof value === 'string' ? value : JSON.stringify(value));
  const usedBy =
    key.usedBy === 'all' ? 'all' : EVERY_APP.filter((app) => key.usedBy.includes(app)).join(', ');
  return [
    key.kind,
    fallback === 'none' ? 'none' : `\`${fallback}\``,
    key.help +
      (key.secret === true ? ' **Secret.**' : '') +
      (key.reloadable === true ? ' **Reloaded.**' : ''),
    usedBy,
    String(key.section),
  ];
}
