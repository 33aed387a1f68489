/**
 * Stands for a repository's id in place of `?`, where few rows are wanted in an order or with a limit. PostgreSQL then plans
 * for any repository. For one that it knows to have much of a table it would rather walk the rows of all of them until
 * it has met enough, which takes long where these are not the first, or not there any more.
 */
export const UNFORESEEN = '(SELECT ?::int)';
