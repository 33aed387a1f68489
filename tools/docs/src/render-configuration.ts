import { renderConfigurationTable } from '@quay-observability/quay-config';

/** `docs/configuration.md`, from the keys' own definitions. */
export function renderConfiguration(): string {
  return `# Configuration

Generated from \`libs/quay-config\`; do not edit.

## Where it comes from

The services read Quay's own \`config.yaml\`, so that nothing is configured twice. It is looked for in this order:

1. what \`QUAYCONF\` names: a file, or a folder with \`stack/config.yaml\` or \`config.yaml\` in it. If it names anything else,
   the service does not start (\`CONFIG_UNREADABLE\`);
2. \`conf/stack/config.yaml\` in the working directory;
3. otherwise there is no file, and every key has its default.

\`QUAY_OVERRIDE_CONFIG\` (JSON, as in Quay) overrides the file, and an environment variable with the name of a key overrides
both. Lists and mappings are written there as YAML or JSON: \`PULL_METRICS_REDIS='{"host": "redis", "db": 1}'\`. An empty
variable counts as absent, and so does a key that is null.

The file is read as PyYAML reads it: \`yes\` and \`off\` are booleans, and the last of two equal keys wins. Keys that are not
listed here are ignored, as they are Quay's. All faults of the listed ones are reported at once (\`CONFIG_INVALID\`), each with
the key and the file or variable it came from, and never with its value. A warning is logged where a value is accepted
although it deserves a second look.

## Keys

A key marked **Secret** holds credentials or may hold them.

${renderConfigurationTable()}`;
}
