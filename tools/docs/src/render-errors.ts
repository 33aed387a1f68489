import { ERROR_CODES } from '@quay-observability/coded-errors';

/** `docs/errors.md`, from the table of coded errors. */
export function renderErrors(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Error codes

Generated from \`libs/coded-errors\`; do not edit. A coded error carries its code in the log field \`data.code\`.

| code | meaning and remedy |
| --- | --- |
${rows.join('\n')}
`;
}
