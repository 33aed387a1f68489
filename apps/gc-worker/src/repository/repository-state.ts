import { CLIENT_ENUMS } from '@quay-observability/quay-schema';

/** The state of a repository that is to be deleted as a whole. */
export const { MARKED_FOR_DELETION } = CLIENT_ENUMS.RepositoryState;
