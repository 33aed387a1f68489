import type { Milestone, Program } from '@quay-observability/owner-switch';

/** The programs that an app of ours takes over, and when; the others stay with Python until the last milestone. */
const TAKEN_OVER: Readonly<Partial<Record<Program, Milestone>>> = {
  GCWORKER: 'M4',
  REPOSITORYGCWORKER: 'M4',
  NAMESPACEGCWORKER: 'M4',
  GLOBALPROMSTATS: 'M4',
  PULLSTATSREDISFLUSHWORKER: 'M4',
};

/** The milestone in which a worker program moves. */
export function milestoneOfWorker(program: Program): Milestone {
  return TAKEN_OVER[program] ?? 'M5';
}
