/** What is to be changed. */
export type Subject =
  | {
      readonly kind: 'owner';
      /** As the matrix calls it: `V2_PULL`. */
      readonly name: string;
      readonly switchName: string;
      /** Workers can also be off, and have no canary. */
      readonly worker: boolean;
      /** What holds without a switch of its own, in words: `the family's owner, Python`. */
      readonly inherits: string;
      /** A canary keeps all of v1 with Python. */
      readonly registryV1: boolean;
    }
  | { readonly kind: 'kill-switch'; readonly force: boolean }
  | { readonly kind: 'rollback'; readonly toVersion: number };

/** Asks for a change; the dialog does the rest. */
export type RequestChange = (subject: Subject) => void;

/** The dialog's heading. */
export function titleOf(subject: Subject): string {
  switch (subject.kind) {
    case 'owner':
      return `Change the owner of ${subject.name}`;
    case 'kill-switch':
      return subject.force ? 'Force everything to Python' : 'Release the kill switch';
    case 'rollback':
      return `Roll back to version ${subject.toVersion}`;
  }
}

/** What the change will do, where the form has no choice to make. */
export function explain(subject: Subject): string {
  switch (subject.kind) {
    case 'owner':
      return '';
    case 'kill-switch':
      return subject.force
        ? 'Every route and every worker goes to Python, whatever its switch or canary says. The switches keep their values and count again once the kill switch is released.'
        : 'The switches and canaries count again: what they give to Go goes back to Go.';
    case 'rollback':
      return `The owners, canaries and kill switch of version ${subject.toVersion} are published again under a new, higher version.`;
  }
}
