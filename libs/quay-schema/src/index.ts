export { createTableStatements, postgresType } from './create-statements.ts';
export { CLIENT_ENUMS } from './data/client-enums.ts';
export { LABEL_SOURCES, LOOKUP_NAMES } from './data/lookup-rows.ts';
export { seedStatements } from './seed-statements.ts';
export type { LookupTable } from './seed-statements.ts';
export type { ColumnFacts, IndexFacts, TableFacts } from './table-facts.ts';
export {
  columnFacts,
  inDependencyOrder,
  referencesFrom,
  referencesTo,
  tableFacts,
  TABLE_NAMES,
} from './tables.ts';
export type { ColumnName, Reference, TableName } from './tables.ts';
