import { createApiClient } from './api-client.ts';
import { createChangeDialog, type ChangeDialog } from './change-dialog.ts';
import type { ConsoleState } from './console-state.ts';
import { byId } from './elements.ts';
import { createHistoryView } from './history-view.ts';
import { createLiveState } from './live-state.ts';
import { routeRows, workerRows } from './matrix-rows.ts';
import { createMatrixView } from './matrix-view.ts';
import { createProcessesView } from './processes-view.ts';
import { showPartProblems } from './part-problems.ts';
import { announceNews } from './news.ts';
import { showStatus } from './status-view.ts';
import { createMilestonesView, showRates } from './summary-view.ts';
import type { RequestChange } from './subject.ts';
import { createTokenMemory } from './token-memory.ts';

const REFRESH_INTERVAL_MS = 2000;

const api = createApiClient();
const requestChange: RequestChange = (subject) => dialog.open(subject);
const showRoutes = createMatrixView(byId('routes'), requestChange);
const showWorkers = createMatrixView(byId('workers'), requestChange);
const showProcesses = createProcessesView();
const showHistory = createHistoryView(requestChange);
const showMilestones = createMilestonesView();
const tellNews = announceNews();
let readAtMs: number | undefined;

const live = createLiveState({ api, intervalMs: REFRESH_INTERVAL_MS, onChange: show });
const dialog: ChangeDialog = createChangeDialog(api, live, createTokenMemory());

function show(state: ConsoleState): void {
  const nowMs = api.now();
  const { switches, processes, history, rates, problems } = state;
  if (problems.switches === undefined) readAtMs = nowMs;
  showStatus(state, nowMs, readAtMs);
  showPartProblems(problems);
  showRates(rates, problems.rates);
  if (switches !== undefined) {
    showRoutes(routeRows(switches));
    showWorkers(workerRows(switches));
    showMilestones(switches.milestones);
  }
  if (processes !== undefined) showProcesses(processes, nowMs);
  if (history !== undefined && switches !== undefined) showHistory(history.entries, switches.version, nowMs);
  dialog.update();
  tellNews(state);
}

byId('kill-switch').addEventListener('click', () => {
  const forced = live.current().switches?.force_python ?? false;
  requestChange({ kind: 'kill-switch', force: !forced });
});
live.start();
