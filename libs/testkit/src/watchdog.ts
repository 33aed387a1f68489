import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

// Reads what to end from its standard input, and does so when that closes, which happens however this
// process dies, SIGKILL included. What a test froze is woken first, children too: PostgreSQL's are no
// members of its group. Then SIGINT, which lets PostgreSQL free its shared memory.
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
folders=''
while IFS=' ' read -r verb value; do
  case $verb in
    pid) pids="$pids$value " ;;
    gone) case $pids in *" $value "*) pids="\${pids%% $value *} \${pids#* $value }" ;; esac ;;
    folder) folders="$folders$value
" ;;
  esac
done
alive() { for p in $pids; do kill -0 "$p" 2>/dev/null && return 0; done; return 1; }
for p in $pids; do
  kill -CONT "$p" $(pgrep -P "$p" 2>/dev/null) 2>/dev/null
  kill -INT "$p" 2>/dev/null
done
n=0
while alive && [ $n -lt 30 ]; do sleep 0.1; n=$((n+1)); done
for p in $pids; do kill -KILL "-$p" 2>/dev/null || kill -KILL "$p" 2>/dev/null; done
printf '%s' "$folders" | while IFS= read -r folder; do [ -n "$folder" ] && rm -rf "$folder"; done
`;

let shell: ChildProcess | undefined;
const livePids = new Set<number>();
const folders = new Set<string>();

/** From now on the process `pid` is ended when this one is gone, whatever ended it. */
export function endWithThisProcess(pid: number): void {
  livePids.add(pid);
  tell(`pid ${pid}`);
}

/** The process `pid` has ended: its number may belong to somebody else from now on. */
export function hasEnded(pid: number): void {
  livePids.delete(pid);
  tell(`gone ${pid}`);
}

/** From now on the folder is removed when this process is gone, whatever ended it. */
export function removeWithThisProcess(folder: string): void {
  folders.add(folder);
  tell(`folder ${folder}`);
}

/** Removes the folder now. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  folders.delete(folder);
}

function tell(line: string): void {
  shell ??= startShell();
  shell.stdin?.write(`${line}\n`);
}

function startShell(): ChildProcess {
  // Its own process group, so that Ctrl-C on the terminal reaches us and not it.
  const child = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin?.on('error', () => undefined);
  return child;
}
