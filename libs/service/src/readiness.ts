/** One thing an app needs. `required: false` means that without it the app serves, with less. */
export type ReadinessCheck = {
  name: string;
  required: boolean;
  /** Resolves if all is well; otherwise rejects with an error that says what is wrong, without secrets. */
  check: () => Promise<void>;
};

/** The latest outcome of a check. */
export type CheckResult = { name: string; required: boolean; ok: boolean; message: string };

/** What `/readyz` answers from: ready means that every required check passes and the app is not stopping. */
export type ReadinessReport = { ready: boolean; checks: readonly CheckResult[] };

export type Readiness = {
  add(check: ReadinessCheck): void;
  /** Runs the checks at once, each under its time limit; probes within a second share one run. */
  report(): Promise<ReadinessReport>;
  /** From now on the app is not ready: load balancers take it out before it stops. */
  markStopping(): void;
  /** Begins to look regularly, so that a change is noticed without a probe. */
  start(): void;
  close(): void;
};

export type ReadinessOptions = {
  timeoutMs: number;
  /** How long probes share a run. */
  shareMs: number;
  intervalMs: number;
  /** Called when a check turns from good to bad or back; not for the first good result. */
  onChange: (result: CheckResult) => void;
};

/** Keeps the checks of one app. A hanging dependency costs a probe its time limit and no more. */
export function createReadiness(options: ReadinessOptions): Readiness {
  const checks: ReadinessCheck[] = [];
  const last = new Map<string, boolean>();
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let shared: { at: number; report: Promise<CheckResult[]> } | undefined;

  const runAll = () => {
    const now = performance.now();
    if (shared === undefined || now - shared.at > options.shareMs) {
      shared = { at: now, report: Promise.all(checks.map((check) => runCheck(check, options.timeoutMs))) };
      void shared.report.then((results) => results.forEach(notice));
    }
    return shared.report;
  };
  const notice = (result: CheckResult) => {
    const before = last.get(result.name) ?? true;
    last.set(result.name, result.ok);
    if (before !== result.ok) options.onChange(result);
  };

  return {
    add: (check) => {
      checks.push(check);
      shared = undefined;
    },
    report: async () => {
      const results = await runAll();
      const all = stopping
        ? [...results, { name: 'shutdown', required: true, ok: false, message: 'the app is stopping' }]
        : results;
      return { ready: all.every(({ ok, required }) => ok || !required), checks: all };
    },
    markStopping: () => (stopping = true),
    start: () => {
      timer = setInterval(() => void runAll(), options.intervalMs);
      timer.unref();
    },
    close: () => clearInterval(timer),
  };
}

async function runCheck({ name, required, check }: ReadinessCheck, timeoutMs: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check(), late]);
    return { name, required, ok: true, message: 'ok' };
  } catch (error) {
    return { name, required, ok: false, message: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Renders a report as Kubernetes' own components do: a line per check, then the verdict. */
export function renderReport({ ready, checks }: ReadinessReport): string {
  const lines = checks.map(({ name, required, ok, message }) => {
    if (ok) return `[+]${name} ok`;
    return required ? `[-]${name} failed: ${message}` : `[!]${name} degraded: ${message}`;
  });
  return `${[...lines, ready ? 'readyz check passed' : 'readyz check failed'].join('\n')}\n`;
}
