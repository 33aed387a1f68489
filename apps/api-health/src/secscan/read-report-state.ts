import { createJsonStrings } from './json-strings.ts';

/** Reads the state of an index report as it passes. */
export type ReportStateReader = {
  push(piece: Buffer): void;
  /** `IndexFinished`, say; undefined if the report has not told. */
  state(): string | undefined;
};

/** Clair tells the state near the beginning; what comes after it is not looked at. */
export function createReportStateReader(): ReportStateReader {
  let state: string | undefined;
  const strings = createJsonStrings(['state'], (_path, value) => {
    state ??= value;
  });
  return {
    push: (piece) => {
      if (state === undefined) strings.push(piece);
    },
    state: () => state,
  };
}
