import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { requireProgram } from '@quay-observability/testkit';

/** What `promtool check metrics` says of a metric. */
export type Complaint = { metric: string; complaint: string };

/** A complaint that stays, and why. */
export type KnownComplaint = Complaint & { reason: string };

/** Python's names are the contract, good style or not (contract section 1). */
export const KNOWN_COMPLAINTS: readonly KnownComplaint[] = [
  {
    metric: 'quay_org_mirrors_total',
    complaint: 'non-counter metrics should not have "_total" suffix',
    reason: 'It counts rows, so it is a gauge; Python named it so, and dashboards query that name.',
  },
];

/** The complaints that no known one covers, and the known ones that nothing draws any more. */
export function judgeComplaints(
  complaints: readonly Complaint[],
  known: readonly KnownComplaint[] = KNOWN_COMPLAINTS,
): { unexpected: Complaint[]; unused: KnownComplaint[] } {
  const same = (one: Complaint) => (other: Complaint) =>
    one.metric === other.metric && one.complaint === other.complaint;
  return {
    unexpected: complaints.filter((complaint) => !known.some(same(complaint))),
    unused: known.filter((complaint) => !complaints.some(same(complaint))),
  };
}

/** Runs `promtool check metrics`, which also refuses what is no text 0.0.4 at all: that throws. */
export async function complaintsOfPromtool(exposition: string): Promise<Complaint[]> {
  const child = spawn(requireProgram('promtool'), ['check', 'metrics'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  child.stdin.end(exposition);
  const [errors, code] = await Promise.all([text(child.stderr), exited]);
  const lines = errors.split('\n').filter((line) => line !== '');
  // 3 says that metrics were read and some drew a complaint; anything else that they could not be read.
  if (code !== 0 && code !== 3) throw new Error(`promtool cannot read the exposition: ${errors}`);
  return lines.map((line) => {
    const space = line.indexOf(' ');
    return { metric: line.slice(0, space), complaint: line.slice(space + 1) };
  });
}
