import { answerProbe, PROBES, type HealthReport, type Probe } from '@quay-observability/health';
import { Router, type Request, type Response } from './router.ts';

/** What each probe answers from. */
export type ProbeSources = Readonly<Record<Probe, () => HealthReport | Promise<HealthReport>>>;

/** `/livez`, `/readyz` and `/startupz`, each with `?verbose`, `?exclude=<check>` and `/<check>`. */
export function probeRoutes(sources: ProbeSources): Router {
  const router = Router();
  for (const probe of PROBES) {
    const answer = async (request: Request, response: Response, check?: string): Promise<void> => {
      const { verbose, exclude } = request.query;
      const question = { probe, check, verbose: verbose !== undefined, exclude: namesOf(exclude) };
      const { status, text } = answerProbe(question, await sources[probe]());
      plain(response, status, text);
    };
    router.get(`/${probe}`, (request, response) => answer(request, response));
    router.get(`/${probe}/:check`, (request, response) => answer(request, response, request.params.check));
  }
  return router;
}

/** Answers in plain text that no cache keeps. */
export function plain(response: Response, status: number, text: string): void {
  response
    .status(status)
    .set({
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      // Names from the request may be in it.
      'X-Content-Type-Options': 'nosniff',
    })
    .end(text);
}

/** Of a parameter that may be repeated. */
function namesOf(exclude: unknown): string[] {
  return [exclude].flat().filter((name) => typeof name === 'string');
}
