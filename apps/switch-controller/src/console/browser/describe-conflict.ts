import type { ConsoleState } from './console-state.ts';
import { ownerName } from './format.ts';
import type { Subject } from './subject.ts';

/** Somebody was faster: who, why, and what holds now for what was to be changed. */
export function describeConflict({ switches, snapshot }: ConsoleState, subject: Subject): string {
  if (switches === undefined || snapshot === undefined)
    return 'Somebody was faster, and the controller does not say who.';
  const why = switches.reason === null || switches.reason === undefined ? '' : ` (“${switches.reason}”)`;
  return [
    `Somebody was faster: ${switches.updated_by ?? 'unknown'} published version ${switches.version}${why}.`,
    nowHolds(subject, switches.force_python, snapshot.owners),
    'Your change was not made. What you chose is still here: preview it again if you still want it.',
  ].join(' ');
}

function nowHolds(subject: Subject, forced: boolean, owners: Readonly<Record<string, string>>): string {
  switch (subject.kind) {
    case 'owner': {
      const written = owners[subject.switchName];
      return written === undefined
        ? `${subject.name} now has no owner of its own and follows ${subject.inherits}.`
        : `The owner of ${subject.name} is now ${ownerName(written)}.`;
    }
    case 'kill-switch':
      return forced ? 'The kill switch is on now.' : 'The kill switch is off now.';
    case 'rollback':
      return 'The last changes show what it changed.';
  }
}
