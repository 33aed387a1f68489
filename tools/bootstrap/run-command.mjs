import { spawn } from 'node:child_process';
import { passSignalsTo, throwIfInterrupted } from './interruption.mjs';

/**
 * Runs a command to its end without showing its output. Throws when it fails, with the last lines of
 * what it said, and `Interrupted` when the user asked to stop.
 */
export async function runQuietly(command, args, options = {}) {
  throwIfInterrupted();
  const { code, output } = await run(command, args, options);
  throwIfInterrupted();
  if (code === 0) return output;
  const said = output.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${command} ${args.join(' ')} failed (${code}):\n${said}`);
}

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    passSignalsTo(child);
    let output = '';
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** Says on standard error what is going on; standard output belongs to the command itself. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
