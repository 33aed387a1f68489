import type { ApiClient } from './api-client.ts';
import { ApiError, describeFailure, isConflict } from './api-error.ts';
import type { DryRunAnswer, SnapshotAnswer } from './api-types.ts';
import { buildRequest, type ChangeRequest } from './build-patch.ts';
import { createChangeForm } from './change-form.ts';
import { describeConflict } from './describe-conflict.ts';
import { createDialogSteps } from './dialog-steps.ts';
import { byId } from './elements.ts';
import type { LiveState } from './live-state.ts';
import { showPreview } from './preview-view.ts';
import { showProgress } from './propagation-watch.ts';
import { announce } from './status-view.ts';
import { explain, titleOf, type RequestChange, type Subject } from './subject.ts';
import type { TokenMemory } from './token-memory.ts';
import { createTokenField } from './token-field.ts';

/** The dialog in which a change is chosen, previewed, published and watched. */
export type ChangeDialog = {
  open: RequestChange;
  /** To be called after each refresh: the propagation is watched. */
  update(): void;
};

/** What is being changed, from opening the dialog to closing it. */
type Attempt = { subject: Subject; base: SnapshotAnswer; request?: ChangeRequest; published?: number };

export function createChangeDialog(api: ApiClient, live: LiveState, tokens: TokenMemory): ChangeDialog {
  const steps = createDialogSteps();
  const form = createChangeForm();
  const token = createTokenField(tokens);
  let attempt: Attempt | undefined;

  const open: RequestChange = (subject) => {
    const base = live.current().snapshot;
    if (base === undefined) return announce('The controller has not answered yet; try again in a moment.');
    attempt = { subject, base };
    byId('change-title').textContent = titleOf(subject);
    byId('change-explanation').textContent = explain(subject);
    form.begin(subject, base);
    token.begin();
    steps.show('choose');
    steps.open();
  };

  /** Sends the request, as a dry run or for good, and says what went wrong if it did. */
  const send = async <Answer>(current: Attempt, request: ChangeRequest, dryRun: boolean) => {
    const path = dryRun ? `${request.path}?dry_run=true` : request.path;
    try {
      return await api.write<Answer>(request.method, path, request.body, tokens.get() ?? '');
    } catch (error) {
      if (attempt === current) await explainFailure(current, error);
      return undefined;
    }
  };
  const explainFailure = async (current: Attempt, error: unknown): Promise<void> => {
    const conflict = isConflict(error);
    if (conflict || (error instanceof ApiError && error.status === 0)) await live.refresh();
    const { snapshot } = live.current();
    if (snapshot !== undefined) {
      current.base = snapshot;
      form.rebase(snapshot);
    }
    const wrongToken = error instanceof ApiError && error.status === 401;
    if (wrongToken) token.refuse();
    steps.show('choose');
    steps.fail(
      conflict ? describeConflict(live.current(), current.subject) : describeFailure(error),
      wrongToken ? token.input : undefined,
    );
  };

  const preview = async (current: Attempt): Promise<void> => {
    const read = form.read();
    if ('fault' in read) return steps.fail(read.fault, read.field);
    if (!token.take()) return steps.fail('Enter the token that allows you to change switches.', token.input);
    const request = buildRequest(current.subject, read.choice, current.base);
    const answer = await send<DryRunAnswer>(current, request, true);
    if (answer === undefined || attempt !== current) return;
    current.request = request;
    steps.show('preview');
    announce(
      showPreview(answer, read.choice.reason)
        ? 'Preview: this is what will change.'
        : 'Nothing would change.',
    );
  };
  const publish = async (current: Attempt): Promise<void> => {
    if (current.request === undefined) return;
    const answer = await send<{ version: number }>(current, current.request, false);
    if (answer === undefined) return;
    current.published = answer.version;
    if (attempt === current) steps.show('watch');
    await live.refresh();
  };
  const busily = (work: (current: Attempt) => Promise<void>): void => {
    const current = attempt;
    if (current !== undefined) void steps.busily(() => work(current));
  };

  byId('change-form').addEventListener('submit', (event) => {
    event.preventDefault();
    busily(preview);
  });
  byId('publish').addEventListener('click', () => busily(publish));
  byId('back').addEventListener('click', () => steps.show('choose'));
  steps.onClose(() => {
    attempt = undefined;
    token.clear();
  });
  return {
    open,
    update: () => {
      const { processes } = live.current();
      const version = attempt?.published;
      if (version === undefined || processes === undefined || processes.version < version) return;
      steps.finished(showProgress(processes, version));
    },
  };
}
