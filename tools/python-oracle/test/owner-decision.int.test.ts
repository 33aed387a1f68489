import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import {
  freePort,
  pythonEnvironment,
  startApp,
  temporaryFolder,
  waitUntil,
  type RunningApp,
} from '@quay-observability/testkit';

const ORACLE = join(import.meta.dirname, '../oracle');
const CONTROLLER = join(import.meta.dirname, '../../../apps/switch-controller');
const SNAPSHOT = {
  version: 1,
  updated_at: '2026-01-01T00:00:00Z',
  owners: {
    ROUTE_OWNER_CAP_V2_PULL: 'go',
    ROUTE_OWNER_FAMILY_API_V1: 'go',
    WORKER_OWNER_GCWORKER: 'go',
    WORKER_OWNER_GLOBALPROMSTATS: 'off',
  },
  canaries: { by_switch: { ROUTE_OWNER_FAMILY_API_V1: { users: ['jane'] } } },
};
/** Prints, for each URL, the owners and how long the slowest question took, in seconds. */
const QUESTIONS = `
import json, sys, time
from owner_decision import owner_of_request, owner_of_worker

def timed(ask, *arguments, **more):
    started = time.monotonic()
    return ask(*arguments, **more), time.monotonic() - started

def everything(url):
    answers = [
        timed(owner_of_request, url, "GET", "/v2/acme/app/manifests/v1?a=1&b=%2F"),
        timed(owner_of_request, url, "PUT", "/v2/acme/app/manifests/v1"),
        timed(owner_of_request, url, "GET", "/api/v1/user/", user="jane"),
        timed(owner_of_request, url, "GET", "/api/v1/user/", user="joe"),
        timed(owner_of_worker, url, "GCWORKER"),
        timed(owner_of_worker, url, "GLOBALPROMSTATS"),
        timed(owner_of_worker, url, "no such program"),
    ]
    return {"owners": [owner for owner, _ in answers], "slowest": max(seconds for _, seconds in answers)}

print(json.dumps([everything(url) for url in sys.argv[1:]]))
`;
const PYTHONS = Array<string>(7).fill('python');

let controller: RunningApp;

before(async () => {
  const file = join(temporaryFolder('switches'), 'switches.json');
  writeFileSync(file, JSON.stringify(SNAPSHOT));
  controller = await startApp(CONTROLLER, {
    SWITCH_STORE: 'file',
    SWITCH_FILE: file,
    SWITCH_STATE_DIR: temporaryFolder('state'),
  });
  await waitUntil('the snapshot', async () => (await fetch(`${controller.url}/v1/snapshot`)).ok);
});

after(() => controller.stop());

type Answers = { owners: string[]; slowest: number };

async function ask(...urls: string[]): Promise<Answers[]> {
  const { python } = await pythonEnvironment('quay');
  const { stdout } = await promisify(execFile)(python, ['-B', '-c', QUESTIONS, ...urls], { cwd: ORACLE });
  return JSON.parse(stdout) as Answers[];
}

test('Python code learns the owners of requests and of programs', async () => {
  const [answers] = await ask(controller.url);
  assert.deepEqual(answers?.owners, ['go', 'python', 'go', 'python', 'go', 'off', 'python']);
});

test('nobody there, or somebody else: Python', async () => {
  const strangers = [
    'HTTP/1.1 500 Oh\r\nX-Quay-Owner: go\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX-Quay-Owner: nobody\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    'no HTTP at all\r\n\r\n',
    '',
  ].map((answer) => createServer((socket) => socket.once('data', () => socket.end(answer))));
  await Promise.all(strangers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const ports = strangers.map((server) => (server.address() as AddressInfo).port);
  const urls = [await freePort(), ...ports].map((port) => `http://127.0.0.1:${port}`);
  const answers = await ask('no URL at all', ...urls);
  for (const server of strangers) server.close();
  assert.deepEqual(
    answers.map(({ owners }) => owners),
    Array(7).fill(PYTHONS),
  );
});

test('a controller that hangs holds nobody up for long, and the owner is Python', async () => {
  controller.process.signal('SIGSTOP');
  try {
    const [answers] = await ask(controller.url);
    assert.deepEqual(answers?.owners, PYTHONS);
    assert.ok(answers.slowest < 1, `${answers.slowest} s`);
  } finally {
    controller.process.signal('SIGCONT');
  }
});
