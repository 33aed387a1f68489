import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GcRules } from '../../src/steps/gc-context.ts';
import type { RowTally } from '../../src/steps/row-tally.ts';
import { NOW_MS } from './random-registry.ts';
import type { Dump } from './registry-database.ts';

const PROGRAM = join(import.meta.dirname, '../../../../tools/python-oracle/oracle/gc_reference.py');

/** What the reference is asked to do: see its head. */
export type ReferenceWork = 'collect' | 'purge_repository' | 'purge_namespace';

export type ReferenceAnswer = {
  tables: Dump;
  files: string[];
  counted: RowTally;
  blobs: number;
  repositories: number;
  namespaces: number;
};

export type Reference = {
  remains(
    work: ReferenceWork,
    id: number,
    rules: GcRules,
    tables: Dump,
    files: Iterable<string>,
    nowMs?: number,
  ): Promise<ReferenceAnswer>;
  stop(): void;
};

/** Starts the reference, which answers one question after another. It needs nothing but Python. */
export function startReference(): Reference {
  const python = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return {
    remains: async (work, id, rules, tables, files, nowMs = NOW_MS) => {
      const asked = {
        work,
        id,
        now_ms: nowMs,
        rules: { keep_immutable: rules.keepImmutableTags, quota: rules.quota },
        tables,
        files: [...files],
      };
      python.stdin.write(`${JSON.stringify(asked)}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error('the reference has ended');
      return JSON.parse(answer.value) as ReferenceAnswer;
    },
    stop: () => void python.kill(),
  };
}
