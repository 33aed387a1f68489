import { writeDocuments } from './documents.ts';

writeDocuments();
