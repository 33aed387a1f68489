import { HELP, parseArguments } from './arguments.ts';
import { runStack } from './run-stack.ts';
import { untilAskedToStop } from './until-asked-to-stop.ts';

try {
  const args = parseArguments(process.argv.slice(2), process.env.QUAY_OBSERVABILITY_CWD ?? process.cwd());
  if (args.help) process.stdout.write(HELP);
  else process.exitCode = await runStack(args, { stdout: process.stdout, stop: untilAskedToStop() });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
