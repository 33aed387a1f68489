export { bindToLdap } from './bind.ts';
export type { LdapBindOptions, LdapBindResult } from './bind.ts';
