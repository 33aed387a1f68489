import { busyWarning, describeMachine } from './machine.ts';

/** Where a benchmark writes: its result on standard output, its progress on standard error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress and notices; they do not end up in a file with the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells of a measurement that other programs disturbed to the end. */
export function noteDisturbance({ share, tries }: { share: number; tries: number }): void {
  note(`disturbed in all of ${tries} tries: others use ${(share * 100).toFixed(0)} % of the machine`);
}

/** Prints the title and the machine, and a warning if the machine is busy. */
export function printHeading(title: string): void {
  print(`# ${title}\n\n${describeMachine()}\n`);
  const warning = busyWarning();
  if (warning !== undefined) print(`${warning}\n`);
}
