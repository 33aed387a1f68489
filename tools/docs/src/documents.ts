import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfiguration } from './render-configuration.ts';
import { renderErrors } from './render-errors.ts';
import { renderMetrics } from './render-metrics.ts';

/** Root of the workspace. */
const ROOT = join(import.meta.dirname, '../../..');

/** Every generated page: its path from the root, and what it must hold. */
export const DOCUMENTS: readonly { path: string; render: () => string }[] = [
  { path: 'docs/configuration.md', render: renderConfiguration },
  { path: 'docs/errors.md', render: renderErrors },
  { path: 'docs/metrics.md', render: renderMetrics },
];

/** Writes every generated page. */
export function writeDocuments(): void {
  for (const { path, render } of DOCUMENTS) writeFileSync(join(ROOT, path), render());
}

/** The text of a page, or of any file, as it is in the work tree. */
export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
