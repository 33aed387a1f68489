import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '@quay-observability/coded-errors';
import { readServiceOverrides } from '@quay-observability/owner-switch';
import { createProblemLog } from '../../src/owner-switches/log-problems.ts';
import { createSwitchLog } from '../../src/owner-switches/log-switches.ts';
import { captureLog } from '../capture-log.ts';
import { PULLS_TO_GO, snapshotOf } from './snapshots.ts';

function switchLog(overrides: string[] = []) {
  const captured = captureLog();
  return { ...captured, switches: createSwitchLog(captured.log, 'file /s', readServiceOverrides(overrides)) };
}

test('the first snapshot is one line with all owners', () => {
  const { switches, lines } = switchLog();
  switches.inForce(snapshotOf(3, PULLS_TO_GO, { updated_by: 'mia' }).snapshot, undefined);
  assert.deepEqual(
    lines().map(({ levelname, message, data }) => ({ levelname, message, data })),
    [
      {
        levelname: 'INFO',
        message: 'The owner switches are in force.',
        data: { source: 'file /s', version: 3, updated_by: 'mia', force_python: false, owners: PULLS_TO_GO },
      },
    ],
  );
});

test('every change is a line that says who changed what, from what and to what, and why', () => {
  const { switches, lines } = switchLog();
  const before = snapshotOf(3, PULLS_TO_GO).snapshot;
  const after = snapshotOf(
    5,
    { WORKER_OWNER_GCWORKER: 'go' },
    { updated_by: 'mia', reason: 'roll back', force_python: true, canaries: { orgs: ['acme'], percent: 5 } },
  ).snapshot;
  switches.inForce(after, before);
  const change = { version: 5, previous_version: 3, who: 'mia', reason: 'roll back' };
  assert.ok(
    lines().every(
      ({ levelname, message }) => levelname === 'INFO' && message === 'An owner switch has changed.',
    ),
  );
  assert.deepEqual(
    lines().map(({ data }) => data),
    [
      { what: 'ROUTE_OWNER_CAP_V2_PULL', from: 'go', to: null, ...change },
      { what: 'WORKER_OWNER_GCWORKER', from: null, to: 'go', ...change },
      { what: 'canaries.orgs', from: null, to: 'acme', ...change },
      { what: 'canaries.percent', from: null, to: '5', ...change },
      { what: 'force_python', from: 'false', to: 'true', ...change },
    ],
  );
});

test('one snapshot filled the log with thousands of lines: there are a hundred, the kill switch, and a count', () => {
  const { switches, lines } = switchLog();
  const owners = Object.fromEntries(
    Array.from({ length: 1500 }, (_, at) => [`ROUTE_OWNER_ROUTE_X${at}`, 'go']),
  );
  const after = snapshotOf(4, owners, { force_python: true, canaries: { percent: 1 } }).snapshot;
  switches.inForce(after, snapshotOf(3).snapshot);
  assert.equal(lines().length, 102);
  assert.deepEqual(
    lines()
      .slice(-2)
      .map(({ message, data }) => [message, data.what ?? data.count]),
    [
      ['An owner switch has changed.', 'force_python'],
      ['More owner switches have changed with these.', 1401],
    ],
  );
  switches.inForce(after, undefined);
  const { data } = lines().at(-1)!;
  assert.equal(Object.keys(data.owners as object).length, 100);
  assert.equal(data.more_owners, 1400);
});

test('one canary made a line of megabytes: values are cut', () => {
  const { switches, lines } = switchLog();
  const naming = (version: number, namespace: string) => {
    const repos = Array.from({ length: 10_000 }, (_, at) => `${namespace}/repository-${at}`);
    return snapshotOf(version, {}, { canaries: { repos }, reason: 'r'.repeat(1000) }).snapshot;
  };
  switches.inForce(naming(4, 'other'), naming(3, 'one'));
  assert.deepEqual(
    lines().map(({ data }) => [data.what, String(data.from).length, String(data.to).slice(500)]),
    [['canaries.repos', 503, '...']],
  );
  assert.ok(JSON.stringify(lines()[0]).length < 3000);
});

test('an override of services is deprecated once, by the snapshot that makes it void', () => {
  const { switches, messages } = switchLog(['gcworker=true']);
  const without = snapshotOf(1).snapshot;
  const within = snapshotOf(2, { WORKER_OWNER_GCWORKER: 'python' }).snapshot;
  const still = snapshotOf(3, { WORKER_OWNER_GCWORKER: 'go' }).snapshot;
  const deprecations = () => messages().filter((message) => message.includes('QUAY_OVERRIDE_SERVICES'));
  switches.inForce(without, undefined);
  assert.equal(deprecations().length, 0);
  switches.inForce(within, without);
  switches.inForce(still, within);
  assert.equal(deprecations().length, 1);
  assert.match(deprecations()[0] ?? '', /WORKER_OWNER_GCWORKER/);
});

test('a thousand warnings are twenty lines and a count', () => {
  const { switches, lines } = switchLog();
  switches.warnings(
    Array.from({ length: 1000 }, (_, at) => `owners.X${at}: unknown`),
    4,
  );
  assert.equal(lines().length, 21);
  assert.deepEqual(lines().at(-1)?.data, { source: 'file /s', version: 4, count: 1000 });
});

test('each cause of a trouble is logged once, and its end once', () => {
  const { log, messages } = captureLog();
  const problems = createProblemLog(log, 'It fails.', 'It works again.');
  problems.recovered();
  const gone = new CodedError('SNAPSHOT_UNAVAILABLE', 'gone');
  const torn = new CodedError('SNAPSHOT_INVALID', 'torn');
  for (const error of [gone, gone, torn, gone, torn]) problems.failed(error);
  assert.equal(problems.cause(), 'torn');
  problems.recovered();
  problems.recovered();
  assert.equal(problems.cause(), undefined);
  problems.failed(gone);
  assert.deepEqual(messages(), ['It fails. gone', 'It fails. torn', 'It works again.', 'It fails. gone']);
});

test('causes without end do not fill the log', () => {
  const { log, lines } = captureLog();
  const problems = createProblemLog(log, 'It fails.', 'It works again.');
  for (let at = 0; at < 1000; at += 1) problems.failed(new Error(`cause ${at} ${'x'.repeat(100_000)}`));
  assert.equal(lines().length, 50);
  assert.ok((lines()[0]?.message.length ?? Infinity) < 2100);
});
