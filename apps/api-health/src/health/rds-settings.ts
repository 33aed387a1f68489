import { urlSetting } from '@quay-observability/quay-config';

/** Settings of the question to RDS, by environment variable; README.md has them as a table. */
export const rdsSettings = {
  rdsEndpointUrl: urlSetting('HEALTH_RDS_ENDPOINT_URL', {
    help: "Where RDS is asked for the state of the database instance; AWS's own address of the region without it.",
    default: undefined,
  }),
};
