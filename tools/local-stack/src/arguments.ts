import { isAbsolute, join } from 'node:path';

/** What the user asked for. */
export type Arguments = {
  help: boolean;
  /** Absolute path of the file for `--state`. */
  stateFile: string | undefined;
  /** Whether an image is pushed and pulled once all is up. */
  demo: boolean;
};

/** What `npm start -- --help` prints. */
export const HELP = `npm start [-- options]

Brings up, on free ports of this machine: PostgreSQL with Quay's tables, Redis, an OCI registry, the
Pushgateway, Prometheus and the six apps from source; pushes an image through registry-metrics and pulls
it again; then shows what runs where. Ctrl-C ends everything and removes its files.

  --state FILE   writes what runs where to FILE, as JSON, once all is ready: {"apps": {"<name>":
                 {"url", "admin", "pid"}}, "database", "redis", "prometheus", "pushgateway",
                 "registry", "switchToken"}; a part that is absent is null
  --no-demo      pushes and pulls no image
  --help         this text

Servers that are not installed are installed on Debian as root, else left out with a notice.
`;

/**
 * Reads the command line; relative paths are relative to `workingDirectory`. Throws an error for the
 * user if it is not understood.
 */
export function parseArguments(args: readonly string[], workingDirectory: string): Arguments {
  const parsed: Arguments = { help: false, stateFile: undefined, demo: true };
  const rest = [...args];
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    const [name, inline] = option.split(/=(.*)/s, 2) as [string, string | undefined];
    if (name === '--help' || name === '-h') parsed.help = true;
    else if (name === '--no-demo') parsed.demo = false;
    else if (name === '--state') parsed.stateFile = absolute(inline ?? rest.shift(), workingDirectory);
    else throw new Error(`unknown option ${option}; npm start -- --help tells which there are`);
  }
  return parsed;
}

function absolute(file: string | undefined, workingDirectory: string): string {
  if (file === undefined || file === '' || file.startsWith('--'))
    throw new Error('--state needs the name of a file');
  return isAbsolute(file) ? file : join(workingDirectory, file);
}
