export { bindToLdap } from './bind.ts';
export type { LdapBindOptions } from './bind.ts';
