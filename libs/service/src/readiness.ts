/** One thing an app needs. `required: false` means that without it the app serves, with less. */
export type ReadinessCheck = {
  name: string;
  required: boolean;
  /** Resolves if all is well; otherwise rejects with an error that says what is wrong, without secrets. */
  check: () => Promise<void>;
};

/** The latest outcome of a check. */
export type CheckResult = { name: string; required: boolean; ok: boolean; message: string };

/** What `/readyz` answers from: ready means that every required check passes, and that the app is neither starting nor stopping. */
export type ReadinessReport = { ready: boolean; checks: readonly CheckResult[] };

export type Readiness = {
  /** Throws if there is a check of that name. */
  add(check: ReadinessCheck): void;
  /** Runs the checks at once, each under its time limit; probes within a second share one run. */
  report(): Promise<ReadinessReport>;
  /** The app serves: until now it was not ready. Begins to look regularly, so that a change is noticed without a probe. */
  markStarted(): void;
  /** From now on the app is not ready: load balancers take it out before it stops. */
  markStopping(): void;
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
  let phase: CheckResult | undefined = {
    name: 'startup',
    required: true,
    ok: false,
    message: 'the app is starting',
  };
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
      if (checks.some(({ name }) => name === check.name))
        throw new Error(`two checks are called ${check.name}`);
      checks.push(check);
      shared = undefined;
    },
    report: async () => {
      const results = await runAll();
      const all = phase === undefined ? results : [...results, phase];
      return { ready: all.every(({ ok, required }) => ok || !required), checks: all };
    },
    markStarted: () => {
      phase = undefined;
      timer = setInterval(() => void runAll(), options.intervalMs);
      timer.unref();
    },
    markStopping: () => {
      phase = { name: 'shutdown', required: true, ok: false, message: 'the app is stopping' };
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
