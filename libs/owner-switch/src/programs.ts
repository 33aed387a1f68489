/**
 * Worker programs of Quay's supervisor that can have an owner, by supervisor name. The name in a switch is
 * the same in capitals, with `_` for `-`: `WORKER_OWNER_GCWORKER` (contract section 13).
 */
const SUPERVISOR_PROGRAMS = [
  'autopruneworker',
  'blobuploadcleanupworker',
  'builder',
  'buildlogsarchiver',
  'chunkcleanupworker',
  'expiredappspecifictokenworker',
  'exportactionlogsworker',
  'gcworker',
  'globalpromstats',
  'logrotateworker',
  'manifestbackfillworker',
  'manifestsubjectbackfillworker',
  'namespacegcworker',
  'notificationworker',
  'proxycacheblobworker',
  'pullstatsredisflushworker',
  'queuecleanupworker',
  'quotaregistrysizeworker',
  'quotatotalworker',
  'reconciliationworker',
  'repomirrorworker',
  'repositoryactioncounter',
  'repositorygcworker',
  'securityscanningnotificationworker',
  'securityworker',
  'servicekey',
  'storagereplication',
  'teamsyncworker',
] as const;

/** The name of a program in a switch. */
export type Program = Uppercase<(typeof SUPERVISOR_PROGRAMS)[number]>;

/** Every program, by the name in its switch. */
export const PROGRAMS = SUPERVISOR_PROGRAMS.map((name) => programOf(name) as Program);

/** The name in a switch of a supervisor program: `gc-worker` -> `GC_WORKER`. */
export function programOf(supervisorName: string): string {
  return supervisorName.toUpperCase().replaceAll('-', '_');
}
