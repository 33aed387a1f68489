import type { SnapshotAnswer } from './api-types.ts';
import { currentChoice, isGated, type ChangeChoice } from './build-patch.ts';
import { byId } from './elements.ts';
import { describeCanary } from './format.ts';
import type { Subject } from './subject.ts';

/** The part of the dialog where owner, canary and reason are chosen. */
export type ChangeForm = {
  /** Shows what is in force as the choice to begin with. */
  begin(subject: Subject, snapshot: SnapshotAnswer): void;
  /** Adapts to a newer snapshot and keeps what was chosen. */
  rebase(snapshot: SnapshotAnswer): void;
  /** What is chosen, or what is wrong with it and where. */
  read(): { choice: ChangeChoice } | { fault: string; field: HTMLElement };
};

export function createChangeForm(): ChangeForm {
  const owners = byId('choose-owner', HTMLFieldSetElement);
  const gates = byId('choose-gate', HTMLFieldSetElement);
  const general = byId('gate-general-choice');
  const selectors = byId('canary-selectors', HTMLFieldSetElement);
  const [percent, orgs, repos, users] = [
    byId('canary-percent', HTMLInputElement),
    byId('canary-orgs', HTMLTextAreaElement),
    byId('canary-repos', HTMLTextAreaElement),
    byId('canary-users', HTMLTextAreaElement),
  ];
  const reason = byId('reason', HTMLInputElement);
  let subject: Subject | undefined;

  const adapt = (): void => {
    const go = checked(owners) === 'go' && subject?.kind === 'owner' && !subject.worker;
    gates.hidden = !go;
    gates.disabled = !go;
    selectors.hidden = checked(gates) !== 'own';
    selectors.disabled = selectors.hidden;
    byId('gate-v1-note').hidden = !(go && subject?.kind === 'owner' && subject.registryV1);
  };
  owners.addEventListener('change', adapt);
  gates.addEventListener('change', adapt);

  const rebase = (snapshot: SnapshotAnswer): void => {
    const words = describeCanary(snapshot.canaries);
    general.hidden = words === undefined;
    byId('gate-general-words').textContent = words ?? '';
    if (words === undefined && checked(gates) === 'general') check(gates, 'everybody');
    adapt();
  };
  return {
    rebase,
    begin: (next, snapshot) => {
      subject = next;
      reason.value = '';
      const owner = next.kind === 'owner';
      owners.hidden = !owner;
      owners.disabled = !owner;
      if (next.kind === 'owner') {
        byId('owner-off-choice').hidden = !next.worker;
        byId('owner-inherit-words').textContent = next.inherits;
        const choice = currentChoice(next.switchName, snapshot);
        // An owner that is not known cannot be chosen again.
        if (!check(owners, choice.owner)) check(owners, 'python');
        check(gates, choice.gate);
        const { canary } = choice;
        percent.value = canary.percent === null || canary.percent === undefined ? '' : String(canary.percent);
        orgs.value = canary.orgs.join('\n');
        repos.value = canary.repos.join('\n');
        users.value = canary.users.join('\n');
      } else check(owners, 'inherit');
      rebase(snapshot);
    },
    read: () => {
      if (reason.value.trim() === '')
        return { fault: 'Give a reason: it is kept in the history.', field: reason };
      const choice: ChangeChoice = {
        owner: checked(owners),
        gate: checked(gates) as ChangeChoice['gate'],
        canary: {
          percent: percent.value.trim() === '' ? null : percent.valueAsNumber,
          orgs: namesIn(orgs.value),
          repos: namesIn(repos.value),
          users: namesIn(users.value),
        },
        reason: reason.value.trim(),
      };
      if (choice.owner !== 'go' || choice.gate !== 'own' || gates.hidden) return { choice };
      if (!percent.validity.valid || Number.isNaN(choice.canary.percent))
        return { fault: 'The percentage is a number from 0 to 100.', field: percent };
      if (!isGated(choice.canary))
        return {
          fault: 'Say whom the canary takes in: a percentage, or names. Or choose “everybody”.',
          field: percent,
        };
      return { choice };
    },
  };
}

/** Names stand on lines of their own, or between commas; none of them has a space or a comma in it. */
export function namesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
}

function radios(fieldset: HTMLFieldSetElement): HTMLInputElement[] {
  return [...fieldset.querySelectorAll<HTMLInputElement>('input[type=radio]')];
}

function checked(fieldset: HTMLFieldSetElement): string {
  return radios(fieldset).find((radio) => radio.checked)?.value ?? '';
}

function check(fieldset: HTMLFieldSetElement, value: string): boolean {
  const radio = radios(fieldset).find((each) => each.value === value);
  if (radio !== undefined) radio.checked = true;
  return radio !== undefined;
}
