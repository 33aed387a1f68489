import { writeDashboards } from './dashboard-files.ts';

writeDashboards();
