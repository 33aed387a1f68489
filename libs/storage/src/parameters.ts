import type { ConfigFault, StorageLocation } from '@quay-observability/quay-config';

/** Reads the parameters of one location and collects what is wrong with them; no value is ever repeated. */
export type Parameters = {
  /** Text that must be there; empty text is allowed if told. */
  text(name: string, options?: { emptyAllowed: boolean }): string;
  /** Undefined where absent, null or empty. */
  optionalText(name: string): string | undefined;
  /** By Python's truth of the value. */
  truth(name: string): boolean;
  optionalPort(name: string): number | undefined;
  readonly faults: readonly ConfigFault[];
};

/** `path` is where they stand, for the faults: `DISTRIBUTED_STORAGE_CONFIG.us-east`. */
export function readParameters(path: string, values: StorageLocation['parameters']): Parameters {
  const faults: ConfigFault[] = [];
  const fault = (name: string, problem: string) => {
    faults.push({ key: `${path}.${name}`, source: 'the configuration', problem });
  };
  const optionalText = (name: string): string | undefined => {
    const value = values[name];
    if (value === undefined || value === null || value === '') return undefined;
    // YAML makes numbers of unquoted digits.
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    fault(name, 'expected a string');
    return undefined;
  };
  return {
    faults,
    optionalText,
    text: (name, options = { emptyAllowed: false }) => {
      const value = optionalText(name);
      if (value !== undefined) return value;
      const isThere = values[name] === '' && options.emptyAllowed;
      if (!isThere) fault(name, 'is missing: expected a string that is not empty');
      return '';
    },
    truth: (name) => Boolean(values[name]),
    optionalPort: (name) => {
      const text = optionalText(name);
      if (text === undefined) return undefined;
      const port = Number(text);
      if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
      fault(name, 'expected a port, 1..65535');
      return undefined;
    },
  };
}
