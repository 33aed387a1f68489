import type { AppName } from '@quay-observability/metric-catalogue';
import {
  booleanSetting,
  renderConfigurationTable,
  renderSettingsTable,
  stringSetting,
} from '@quay-observability/quay-config';
import { serviceSettings, switchSettings } from '@quay-observability/service';

/** Default of ADMIN_PORT, by app. */
export const ADMIN_PORTS: Readonly<Record<AppName, number>> = {
  'switch-controller': 9101,
  'registry-metrics': 9102,
  'api-health': 9103,
  'gc-worker': 9104,
  'globalstats-worker': 9105,
  'pullmetrics-worker': 9106,
};

/** What is read before, or beside, the settings of the service kit. */
const processSettings = {
  quayConf: stringSetting('QUAYCONF', {
    help: "Where Quay's configuration is: a file or a folder, see above.",
    default: undefined,
  }),
  override: stringSetting('QUAY_OVERRIDE_CONFIG', {
    help: 'JSON object of keys that override the file. **Secret.**',
    default: undefined,
  }),
  jsonLog: booleanSetting('JSONLOG', {
    help: 'One JSON object a line; anything but `true` means text. See [logging](logging.md).',
    default: true,
  }),
  debugLog: booleanSetting('DEBUGLOG', {
    help: 'Also log what is for debugging; only `true` does.',
    default: false,
  }),
};

function renderServiceSettings(): string {
  const settings = serviceSettings(0);
  const adminPort = { ...settings.adminPort, defaultText: 'per app' };
  return renderSettingsTable({ ...processSettings, ...settings, adminPort, ...switchSettings });
}

/** `docs/configuration.md`, from the keys' own definitions. */
export function renderConfiguration(): string {
  return `# Configuration

Generated from \`libs/quay-config\` and \`libs/service\`; do not edit.

## Where it comes from

The services read Quay's own \`config.yaml\`, so that nothing is configured twice. It is looked for in this order:

1. what \`QUAYCONF\` names: a file, or a folder with \`stack/config.yaml\` or \`config.yaml\` in it. If it names anything else,
   the service does not start (\`CONFIG_UNREADABLE\`);
2. \`conf/stack/config.yaml\` in the working directory;
3. otherwise there is no file, and every key has its default.

\`QUAY_OVERRIDE_CONFIG\` (JSON, as in Quay) overrides the file, and an environment variable with the name of a key overrides
both. Lists and mappings are written there as YAML or JSON: \`PULL_METRICS_REDIS='{"host": "redis", "db": 1}'\`. An empty
variable counts as absent, and so does a key that is null or an empty text (of a boolean in the file, an empty text is false,
as for Python). A number where a text is expected is taken as its digits.

The file is read as PyYAML reads it: \`yes\` and \`off\` are booleans, and the last of two equal keys wins. Keys that are not
listed here are ignored, as they are Quay's. All faults of the listed ones are reported at once (\`CONFIG_INVALID\`), each with
the key and the file or variable it came from, and never with its value. A warning is logged where a value is accepted
although it deserves a second look.

## While an app runs

Every \`CONFIG_RELOAD_SECONDS\`, and on SIGHUP, each process looks whether the file has changed: by its content, opened anew by its
path, so that a file written over, replaced or reached through links that were turned (a mounted ConfigMap) is seen. Keys marked
**Reloaded** take effect at once. Of the others a changed one is logged once by name (never its value), and waits for a restart.
Variables are those of the start, and still override the file.

A file that is missing, empty, cut off, no YAML or faulty in any key of the list changes nothing: the last good configuration stays
in force, the cause is logged once, and \`quay_config_last_reload_successful\` is 0. A file just written to is read again until it stays
the same for a moment; one that had the end mark \`...\` and lost it counts as cut off. More than 8 MiB are not read.

## Settings of every app

Environment variables that every app reads, beside Quay's keys. What an app has of its own is in its README
(\`apps/<app>/README.md\`). Faults are reported together with those of the keys.

${renderServiceSettings()}
\`ADMIN_PORT\` is, unless told: ${Object.entries(ADMIN_PORTS)
    .map(([app, port]) => `${app} ${port}`)
    .join(', ')}.

## Keys

A key marked **Secret** holds credentials or may hold them; one marked **Reloaded** takes effect while the app runs.

${renderConfigurationTable()}`;
}
