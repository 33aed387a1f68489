import { busyWarning, describeMachine } from './machine.ts';

/** Where a benchmark writes: its result on standard output, its progress on standard error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress and notices; they do not end up in a file with the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints the title and the machine, and a warning if the machine is busy. */
export function printHeading(title: string): void {
  print(`# ${title}\n\n${describeMachine()}\n`);
  const warning = busyWarning();
  if (warning !== undefined) print(`${warning}\n`);
}
