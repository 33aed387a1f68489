export { parseSamples, scrape, type Samples } from '@quay-observability/testkit';
