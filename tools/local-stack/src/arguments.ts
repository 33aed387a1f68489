import { isAbsolute, join } from 'node:path';

/** What the user asked for. */
export type Arguments = {
  help: boolean;
  /** Absolute path of the file for `--state`. */
  stateFile: string | undefined;
  /** Whether an image is pushed and pulled once all is up. */
  demo: boolean;
  /** Origin of a Quay, for the gateway of `/api`; and of a Clair, for the gateway to it. */
  apiUrl: string | undefined;
  clairUrl: string | undefined;
};

/** What `npm start -- --help` prints. */
export const HELP = `npm start [-- options]

Brings up, on free ports of this machine: PostgreSQL with Quay's tables, Redis, an OCI registry, the
Pushgateway, Prometheus and the six apps from source; pushes an image through registry-metrics and pulls
it again; then shows what runs where. Ctrl-C ends everything and removes its files.

  --state FILE   writes what runs where to FILE, as JSON, once all is ready: {"apps": {"<name>":
                 {"url", "admin", "listeners", "pid"}}, "database", "redis", "prometheus",
                 "pushgateway", "registry", "switchToken"}; a part that is absent is null
  --api URL      puts api-health in front of the API of the Quay at this origin
  --clair URL    puts api-health in front of the Clair at this origin
  --no-demo      pushes and pulls no image
  --help         this text

Servers that are not installed are installed on Debian as root, else left out with a notice.
`;

/**
 * Reads the command line; relative paths are relative to `workingDirectory`. Throws an error for the
 * user if it is not understood.
 */
export function parseArguments(args: readonly string[], workingDirectory: string): Arguments {
  const parsed: Arguments = {
    help: false,
    stateFile: undefined,
    demo: true,
    apiUrl: undefined,
    clairUrl: undefined,
  };
  const rest = [...args];
  for (let option = rest.shift(); option !== undefined; option = rest.shift()) {
    const [name, inline] = option.split(/=(.*)/s, 2) as [string, string | undefined];
    if (name === '--help' || name === '-h') parsed.help = true;
    else if (name === '--no-demo') parsed.demo = false;
    else if (name === '--state') parsed.stateFile = absolute(inline ?? rest.shift(), workingDirectory);
    else if (name === '--api') parsed.apiUrl = origin(name, inline ?? rest.shift());
    else if (name === '--clair') parsed.clairUrl = origin(name, inline ?? rest.shift());
    else throw new Error(`unknown option ${option}; npm start -- --help tells which there are`);
  }
  return parsed;
}

function origin(option: string, url: string | undefined): string {
  const found = url === undefined ? null : URL.parse(url);
  if (found === null || !['http:', 'https:'].includes(found.protocol) || found.href !== `${found.origin}/`)
    throw new Error(`${option} needs scheme, host and port, as in http://127.0.0.1:8080`);
  return found.origin;
}

function absolute(file: string | undefined, workingDirectory: string): string {
  if (file === undefined || file === '' || file.startsWith('--'))
    throw new Error('--state needs the name of a file');
  return isAbsolute(file) ? file : join(workingDirectory, file);
}
