import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNBOOK } from '../src/runbook.ts';

const text = readFileSync(join(import.meta.dirname, '../..', RUNBOOK), 'utf8');

/** `docs/runbooks/m1.md#anchor` of each heading of the runbook. */
export const RUNBOOK_SECTIONS: ReadonlySet<string> = new Set(
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading.toLowerCase().replaceAll(/[^\w\- ]/g, '');
    return `${RUNBOOK}#${anchor.replaceAll(' ', '-')}`;
  }),
);
