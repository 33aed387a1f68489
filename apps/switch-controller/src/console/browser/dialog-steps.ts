import { byId } from './elements.ts';

const STEPS = ['choose', 'preview', 'watch'] as const;
type Step = (typeof STEPS)[number];

const WAITING = 'Waiting for the processes.';

/** The dialog as a sequence of steps, one of them visible, with a place for what went wrong. */
export type DialogSteps = {
  open(): void;
  show(step: Step): void;
  /** Shows a fault, and puts the focus where it can be mended. */
  fail(message: string, field?: HTMLElement): void;
  /** No second click while `work` goes on. */
  busily(work: () => Promise<void>): Promise<void>;
  /** The last step has come to its end, or not yet. */
  finished(done: boolean): void;
  onClose(listener: () => void): void;
};

export function createDialogSteps(): DialogSteps {
  const dialog = byId('change', HTMLDialogElement);
  const message = byId('change-message');
  let busy = false;
  const show = (step: Step): void => {
    message.hidden = true;
    for (const each of STEPS) byId(`step-${each}`).hidden = each !== step;
    // The heading, not the button: a second Enter must not publish what nobody has read.
    if (step !== 'choose') byId(`${step}-heading`).focus();
    else if (dialog.open) byId('reason').focus();
  };
  for (const button of dialog.querySelectorAll('.close'))
    button.addEventListener('click', () => dialog.close());
  return {
    show,
    open: () => {
      byId('watch-done').hidden = true;
      byId('watch-summary').textContent = WAITING;
      byId('watch-list').replaceChildren();
      dialog.showModal();
    },
    fail: (text, field) => {
      message.textContent = text;
      message.hidden = false;
      (field ?? message).focus();
    },
    busily: async (work) => {
      if (busy) return;
      busy = true;
      dialog.setAttribute('aria-busy', 'true');
      try {
        await work();
      } finally {
        busy = false;
        dialog.removeAttribute('aria-busy');
      }
    },
    finished: (done) => {
      byId('watch-done').hidden = !done;
    },
    onClose: (listener) => dialog.addEventListener('close', listener),
  };
}
