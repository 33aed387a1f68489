import { pathNameOf, type CheckResult, type HealthCheck } from './check.ts';
import { runCheck } from './run-check.ts';
import { createVerdict, type Verdict } from './verdict.ts';

export type CheckSetOptions = {
  /** Of one run of one check. */
  timeoutMs: number;
  /** How long probes share a run; those that come while it is under way share it too. */
  shareMs: number;
  /** Time between two runs without a probe. */
  intervalMs: number;
  /** Failures in a row that turn a check bad; 1 unless told. */
  failureThreshold?: number;
  /** Takes secrets out of what an error says. */
  scrub: (text: string) => string;
  /** Called after every run of a check. */
  onRun: (result: CheckResult, seconds: number) => void;
  /** Called when a check turns from good to bad or back; not for the first good result. */
  onChange: (result: CheckResult) => void;
};

/** The checks of one probe. */
export type CheckSet = {
  /** Throws if there is a check of that name, or of one that is the same in a path. */
  add(check: HealthCheck): void;
  /** Runs all checks at once, each under its time limit, or shares a run. Never rejects. */
  run(): Promise<readonly CheckResult[]>;
  /** Begins to look regularly, so that a change is noticed without a probe. */
  start(): void;
  close(): void;
};

/** A hanging dependency costs a probe its time limit and no more. */
export function createCheckSet(options: CheckSetOptions): CheckSet {
  const checks: { check: HealthCheck; verdict: Verdict; wasOk: boolean }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let shared: { at: number; ended: boolean; results: Promise<CheckResult[]> } | undefined;

  const runOne = async (entry: (typeof checks)[number]): Promise<CheckResult> => {
    const { name, required } = entry.check;
    const { failure, seconds } = await runCheck(entry.check, options.timeoutMs, options.scrub);
    const result = { name, required, ...entry.verdict.judge(failure) };
    options.onRun(result, seconds);
    if (entry.wasOk !== result.ok) options.onChange(result);
    entry.wasOk = result.ok;
    return result;
  };
  const run = () => {
    const now = performance.now();
    // A run counts once for the threshold, however many ask.
    if (shared === undefined || (shared.ended && now - shared.at > options.shareMs)) {
      const started = { at: now, ended: false, results: Promise.all(checks.map(runOne)) };
      void started.results.then(() => (started.ended = true));
      shared = started;
    }
    return shared.results;
  };

  return {
    add: (check) => {
      const pathName = pathNameOf(check.name);
      if (checks.some((other) => pathNameOf(other.check.name) === pathName))
        throw new Error(`two checks are called ${check.name}`);
      checks.push({ check, verdict: createVerdict(options.failureThreshold ?? 1), wasOk: true });
      shared = undefined;
    },
    run,
    start: () => {
      timer = setInterval(() => void run(), options.intervalMs);
      timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
