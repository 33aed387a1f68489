import {
  headerValue,
  type ExchangeEnd,
  type GatewayRequest,
  type ResponseHead,
} from '@quay-observability/gateway';
import type { ClairAction } from './clair-action.ts';
import type { IndexRecorder, Lookup } from './index-recorder.ts';
import { createIndexRequestReader, readDigest, type IndexRequestReader } from './read-index-request.ts';
import { createReportStateReader, type ReportStateReader } from './read-report-state.ts';
import type { SecscanMetrics } from './secscan-metrics.ts';

/** What a call reports to. */
export type CallObservers = {
  readonly requestDuration: SecscanMetrics['requestDuration'];
  readonly recorder: IndexRecorder;
};

/** The bodies of these two are read as they pass. */
const INDEXING: ReadonlySet<string> = new Set(['Index', 'GetIndexReport']);

/** Counts one call to Clair as Quay's client does. Made only for calls that the new runtime owns. */
export class CallRecorder {
  /** Whether the answer is read, and so has to come without compression. */
  readonly readsAnswer: boolean;
  readonly #request: GatewayRequest;
  readonly #action: ClairAction;
  readonly #observers: CallObservers;
  readonly #arrivedAtMs = Date.now();
  readonly #submission: IndexRequestReader | undefined;
  readonly #report: ReportStateReader | undefined;
  #lookup: Promise<Lookup> | undefined;
  #status = 0;
  #isEncoded = false;

  constructor(request: GatewayRequest, action: ClairAction, observers: CallObservers) {
    this.#request = request;
    this.#action = action;
    this.#observers = observers;
    this.readsAnswer = INDEXING.has(action.name);
    this.#submission = action.name === 'Index' ? createIndexRequestReader() : undefined;
    this.#report = this.readsAnswer ? createReportStateReader() : undefined;
  }

  requestBody(piece: Buffer): void {
    this.#submission?.push(piece);
    if (this.#lookup !== undefined) return;
    const submission = this.#submission?.request();
    if (submission !== undefined) this.#lookup = this.#observers.recorder.submitted(submission);
  }

  answered({ status, rawHeaders }: ResponseHead): void {
    this.#status = status;
    this.#isEncoded = (headerValue(rawHeaders, 'content-encoding') ?? 'identity') !== 'identity';
  }

  answerBody(piece: Buffer): void {
    if (!this.#isEncoded) this.#report?.push(piece);
  }

  ended({ status, aborted, upstreamError, elapsedMs }: ExchangeEnd): void {
    if (this.#submission !== undefined && this.#lookup === undefined)
      this.#observers.recorder.unreadable(this.#submission.layers());
    // Python's client observes what it has read to the end, and nothing of what failed.
    if (status === undefined || aborted || upstreamError !== undefined) return;
    const { method } = this.#request;
    const labels = { method, action: this.#action.name, status: String(status) };
    this.#observers.requestDuration.observe(labels, elapsedMs / 1000);
    if (this.#report !== undefined && this.#status >= 200 && this.#status < 300)
      this.#reportRead(this.#report);
  }

  #reportRead(report: ReportStateReader): void {
    const { recorder } = this.#observers;
    const state = report.state();
    if (state !== undefined && state !== 'IndexFinished') return;
    const submitted = this.#submission !== undefined;
    const lookup = state === undefined ? UNREADABLE : (this.#lookup ?? this.#lookUpSubject());
    recorder.finished({ lookup, arrivedAtMs: this.#arrivedAtMs, finishedAtMs: Date.now(), submitted });
  }

  #lookUpSubject(): Promise<Lookup> {
    const digest = readDigest(this.#action.subject);
    return digest === undefined ? UNREADABLE : this.#observers.recorder.lookUp(digest);
  }
}

const UNREADABLE: Promise<Lookup> = Promise.resolve('unreadable');
