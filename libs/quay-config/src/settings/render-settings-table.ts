import type { Setting } from './setting.ts';

/** A Markdown table of an app's settings, for its README. */
export function renderSettingsTable(settings: Readonly<Record<string, Setting<unknown>>>): string {
  const rows = Object.values(settings).map(
    ({ name, kind, defaultText, help }) =>
      `| \`${name}\` | ${kind} | ${defaultCell(defaultText)} | ${help} |`,
  );
  return ['| variable | type | default | what it does |', '| --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}

function defaultCell(text: string | undefined): string {
  if (text === undefined) return 'required';
  return text === 'none' ? text : `\`${text}\``;
}
