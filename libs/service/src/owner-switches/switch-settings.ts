import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import {
  choiceSetting,
  ConfigError,
  durationSecondsSetting,
  readSettings,
  stringSetting,
  urlSetting,
  type ConfigFault,
  type Environment,
  type Setting,
} from '@quay-observability/quay-config';

/** Limits of the poll interval: a change reaches every process within 30 s (contract section 13). */
const INTERVAL = { min: 1, max: 15 };

const stateDir: Setting<string | undefined> = {
  ...stringSetting('SWITCH_STATE_DIR', {
    help: 'Where the last known good switches of the file or the controller survive a restart, in a folder per app.',
    default: undefined,
  }),
  defaultText: 'quay-observability-<uid> in the temporary folder',
};

/** Settings of the owner switches, by environment variable; every app has them. */
export const switchSettings = {
  source: choiceSetting('SWITCH_SOURCE', {
    help: 'Where the owner switches come from: the environment of the process (fixed until it restarts), a file, or the switch-controller.',
    choices: ['environment', 'file', 'controller'],
    default: 'environment',
  }),
  file: stringSetting('SWITCH_FILE', {
    help: "With `SWITCH_SOURCE=file`: YAML or JSON with `version`, `updated_at` and `owners`, or Quay's `config.yaml` with them under the key `MIGRATION_SWITCHES`. Replace it atomically.",
    default: undefined,
  }),
  controllerUrl: urlSetting('SWITCH_CONTROLLER_URL', {
    help: 'With `SWITCH_SOURCE=controller`: base URL of the switch-controller, without credentials.',
    default: undefined,
  }),
  pollMinSeconds: durationSecondsSetting('SWITCH_POLL_MIN_SECONDS', {
    help: 'Shortest time between two polls of the file or the controller; each is drawn anew.',
    default: 5,
    ...INTERVAL,
  }),
  pollMaxSeconds: durationSecondsSetting('SWITCH_POLL_MAX_SECONDS', {
    help: 'Longest time between two polls.',
    default: 10,
    ...INTERVAL,
  }),
  stateDir,
};

/** Where switches come from, and how often they are polled. */
export type SwitchSettings = {
  readonly source:
    | { readonly kind: 'environment' }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'controller'; readonly url: URL };
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  /** Folder of the last known good; each app has a folder of its own in it. */
  readonly stateDir: string;
};

/**
 * Reads the settings of the owner switches.
 *
 * @throws ConfigError (`CONFIG_INVALID`) with all faults at once.
 */
export function readSwitchSettings(env: Environment): SwitchSettings {
  const { source: kind, ...values } = readSettings(env, switchSettings);
  const faults: ConfigFault[] = [];
  const fault = (key: string, problem: string) =>
    faults.push({ key, source: `environment variable ${key}`, problem });

  if (values.pollMinSeconds > values.pollMaxSeconds)
    fault('SWITCH_POLL_MIN_SECONDS', 'expected at most SWITCH_POLL_MAX_SECONDS');
  if (kind === 'file' && values.file === undefined)
    fault('SWITCH_FILE', 'is required with SWITCH_SOURCE=file and not set');
  if (kind === 'controller' && values.controllerUrl === undefined)
    fault('SWITCH_CONTROLLER_URL', 'is required with SWITCH_SOURCE=controller and not set');
  const url = new URL(values.controllerUrl ?? 'http://unused');
  // Credentials would end up in logs, and a query would be dropped.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    fault('SWITCH_CONTROLLER_URL', 'expected a URL without credentials, query and fragment');
  if (faults.length > 0) throw new ConfigError(faults);

  return {
    source:
      kind === 'file'
        ? { kind, path: resolve(values.file ?? '') }
        : kind === 'controller'
          ? { kind, url }
          : { kind },
    pollMinMs: values.pollMinSeconds * 1000,
    pollMaxMs: values.pollMaxSeconds * 1000,
    stateDir: resolve(values.stateDir ?? join(tmpdir(), `quay-observability-${userInfo().uid}`)),
  };
}
