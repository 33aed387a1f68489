import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { WORKSPACE } from './npm-packages.mjs';

/** Runs nx with these arguments and gives its exit code, and what it wrote if `capture` is set. */
export function nx(args, { capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(WORKSPACE, 'node_modules/nx/dist/bin/nx.js'), ...args], {
      cwd: WORKSPACE,
      stdio: ['inherit', capture ? 'pipe' : 'inherit', 'inherit'],
      // Without the daemon nothing stays behind, and nothing stale is believed.
      env: { ...process.env, NX_DAEMON: 'false' },
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * The folders of the projects that have something to do for a target, e.g. `libs/redis`; `filter` is what
 * follows.
 */
export async function projectFolders(target, filter = []) {
  const { code, output } = await nx(['show', 'projects', '--withTarget', target, '--json', ...filter], {
    capture: true,
  });
  if (code !== 0) throw new Error('nx cannot tell which projects there are');
  const names = JSON.parse(output);
  const graph = await nx(['graph', '--print'], { capture: true });
  const { nodes } = JSON.parse(graph.output).graph;
  return names
    .map((name) => nodes[name].data)
    .filter(({ targets }) => targets[target].executor !== 'nx:noop')
    .map(({ root }) => root);
}
