import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What a test file leaves behind gets this long to end by itself; the testkit's watchdog takes 3 s. */
const REST_MS = 4000;

/**
 * Kills a test file that takes longer than `timeoutMs`, with all it has started, so that the run goes on
 * with the next one. Node's runner has a time limit for tests only: it would wait for ever for a file
 * that something keeps alive. Only one file may run at a time.
 */
export function limitFiles(stream, files, timeoutMs) {
  const verdicts = new Map();
  let unfinished = new Set();
  let timer;

  const begin = (file) => {
    clearTimeout(timer);
    unfinished = new Set();
    timer = setTimeout(() => {
      const during = unfinished.size === 0 ? '' : `, while running: ${[...unfinished].join(', ')}`;
      const verdict = `this file did not end within ${timeoutMs / 1000} s${during}`;
      verdicts.set(file, verdict);
      process.stderr.write(`${file}: ${verdict}\n`);
      killDescendants();
    }, timeoutMs);
  };
  stream.on('test:dequeue', ({ name }) => {
    if (files.includes(name)) begin(name);
    else unfinished.add(name);
  });
  stream.on('test:complete', ({ name }) => unfinished.delete(name));

  return {
    /** Why the file of this name was killed; undefined if it was not. */
    verdictOn: (file) => verdicts.get(file),
    close: () => clearTimeout(timer),
  };
}

/** The test file first: what guards its servers and temporary folders then clears up. The rest later. */
function killDescendants() {
  const processes = listProcesses();
  const childrenOf = (pid) => processes.filter(({ parent }) => parent === pid).map((child) => child.pid);
  const descendantsOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
  const rest = descendantsOf(process.pid);
  for (const pid of childrenOf(process.pid)) kill(pid);
  setTimeout(() => rest.forEach(kill), REST_MS);
}

function listProcesses() {
  return existsSync('/proc/self/stat') ? listFromProc() : listFromPs();
}

/** Linux; a slim image has no `ps`. */
function listFromProc() {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // "pid (name) state parent ..."; a name may hold anything.
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid, parent: Number(parent) }];
    } catch {
      return [];
    }
  });
}

function listFromPs() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return { pid, parent };
  });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
