import { urlSetting, type Setting } from '@quay-observability/quay-config';

/** A URL that is nothing but scheme, host and port; without a default it is absent unless set. */
export function originSetting<D>(name: string, options: { help: string; default: D }): Setting<string | D> {
  const url = urlSetting(name, options);
  return {
    ...url,
    read: (text) => {
      const reading = url.read(text);
      if (!('value' in reading)) return reading;
      const { origin, href } = new URL(text);
      // Credentials, a path or a query would be silently dropped.
      if (href !== `${origin}/`)
        return { problem: 'expected only scheme, host and port, as in http://registry:5000' };
      return { value: origin };
    },
  };
}
