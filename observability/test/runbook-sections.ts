import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNBOOKS } from '../src/runbook.ts';

/** `docs/runbooks/m1.md#anchor` of each heading of each runbook. */
export const RUNBOOK_SECTIONS: ReadonlySet<string> = new Set(
  Object.values(RUNBOOKS).flatMap((runbook) => {
    const text = readFileSync(join(import.meta.dirname, '../..', runbook), 'utf8');
    return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
      const anchor = heading.toLowerCase().replaceAll(/[^\w\- ]/g, '');
      return `${runbook}#${anchor.replaceAll(' ', '-')}`;
    });
  }),
);
