/**
 * Matches the capabilities of routes and no worker program: both are values of the label `capability`. The rules have it
 * too; a test holds it against the list of the owner switches.
 */
export const ROUTE_CAPABILITIES =
  'V[12]_[A-Z]+|API_V1_[A-Z]+|OAUTH|WEBHOOKS|KEYS|SECSCAN|REALTIME|WELLKNOWN|OTHER';
