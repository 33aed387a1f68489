import { pathNameOf, reportOf, type CheckResult, type HealthReport } from './check.ts';

/** The probes of an app, by their paths. */
export const PROBES = ['livez', 'readyz', 'startupz'] as const;
export type Probe = (typeof PROBES)[number];

/** What a probe asks for. Checks are named as in the report, or as in a path (`owner-switches`). */
export type ProbeQuestion = {
  probe: Probe;
  /** One check only: `/readyz/<check>`. */
  check?: string | undefined;
  verbose: boolean;
  /** Checks that are left out of the verdict. */
  exclude: readonly string[];
};

/** 200, 503, or 404 for a check that is not there; plain text, of which every line ends. */
export type ProbeAnswer = { status: 200 | 404 | 503; text: string };

/** Answers a probe as Kubernetes' own components do: `ok`, or a line per check and the verdict. */
export function answerProbe(question: ProbeQuestion, report: HealthReport): ProbeAnswer {
  return question.check === undefined
    ? answerAll(question, report)
    : answerOne(question, question.check, report);
}

function answerAll({ probe, verbose, exclude }: ProbeQuestion, { checks }: HealthReport): ProbeAnswer {
  const isExcluded = (check: CheckResult) => exclude.some((name) => isCalled(check, name));
  const { ready } = reportOf(checks.filter((check) => !isExcluded(check)));
  const unknown = exclude.filter((name) => !checks.some((check) => isCalled(check, name)));
  const isQuiet = checks.every((check) => check.ok || isExcluded(check)) && !verbose;
  if (isQuiet) return { status: 200, text: 'ok\n' };
  const lines = [
    ...checks.map((check) => (isExcluded(check) ? `[+]${check.name} excluded` : lineOf(check))),
    ...unknown.map((name) => `warn: no check is called ${JSON.stringify(name)}`),
    `${probe} check ${ready ? 'passed' : 'failed'}`,
  ];
  return { status: ready ? 200 : 503, text: `${lines.join('\n')}\n` };
}

/** A check that only degrades the app fails when it is asked for by name. */
function answerOne({ probe, verbose }: ProbeQuestion, name: string, { checks }: HealthReport): ProbeAnswer {
  const check = checks.find((each) => isCalled(each, name));
  if (check === undefined) {
    const known = checks.map((each) => pathNameOf(each.name)).join(', ');
    return { status: 404, text: `not found: ${probe} has the checks ${known === '' ? '(none)' : known}\n` };
  }
  const text = check.ok && !verbose ? 'ok\n' : `${lineOf(check)}\n`;
  return { status: check.ok ? 200 : 503, text };
}

function isCalled({ name }: CheckResult, wanted: string): boolean {
  return name === wanted || pathNameOf(name) === wanted;
}

function lineOf({ name, required, ok, message }: CheckResult): string {
  if (ok) return message === 'ok' ? `[+]${name} ok` : `[+]${name} ok, ${message}`;
  return required ? `[-]${name} failed: ${message}` : `[!]${name} degraded: ${message}`;
}
