import type { HttpProblem } from '@quay-observability/service';
import type { Logger } from '@quay-observability/logging';
import type { ChangeResult } from './make-change.ts';

/** Where a request to change something came from. */
export type Origin = {
  /** Name of the token; undefined if it was not known. */
  readonly who: string | undefined;
  /** `PUT /v1/snapshot` */
  readonly request: string;
  /** Address of the connection. */
  readonly clientAddress: string;
  /** The header `X-Forwarded-For`, which anybody may set. */
  readonly forwardedFor: string | undefined;
};

/** The audit log of the controller: who wanted to change what, and what became of it. */
export type ChangeAudit = {
  /** It was published, or it is unknown whether it was. */
  changed(result: ChangeResult, origin: Origin): void;
  refused(problem: HttpProblem, origin: Origin): void;
};

/** Lines of one change, and characters of one value; the history has the whole. */
const MAX_LINES = 100;
const MAX_LENGTH = 500;

export function createChangeAudit(log: Logger): ChangeAudit {
  return {
    changed: ({ outcome, before, entry }, origin) => {
      const { snapshot, changes, rolledBackTo } = entry;
      const about = {
        ...fieldsOf(origin),
        version: snapshot.version,
        previous_version: before.snapshot.version,
        reason: snapshot.reason ?? null,
        ...(rolledBackTo === undefined ? {} : { rolled_back_to: rolledBackTo }),
        ...(outcome === 'unknown' ? { outcome } : {}),
      };
      const tell = (fields: Record<string, unknown>): void =>
        outcome === 'unknown'
          ? log.warning('An owner switch may have been changed: Redis did not say.', fields)
          : log.info('An owner switch was changed.', fields);
      for (const { field, from, to } of changes.slice(0, MAX_LINES))
        tell({ what: field, from: short(from), to: short(to), ...about });
      if (changes.length > MAX_LINES)
        log.info('More owner switches were changed with these.', {
          count: changes.length - MAX_LINES,
          ...about,
        });
    },
    refused: ({ status, code, message, details }, origin) => {
      const fields = { ...fieldsOf(origin), status, code, current_version: details.current_version ?? null };
      log.warning(`A change of owner switches was refused: ${message.slice(0, MAX_LENGTH)}`, fields);
    },
  };
}

function fieldsOf({ who, request, clientAddress, forwardedFor }: Origin): Record<string, unknown> {
  return {
    who: who ?? null,
    request,
    client_address: clientAddress,
    ...(forwardedFor === undefined ? {} : { forwarded_for: forwardedFor.slice(0, 200) }),
  };
}

function short(value: string | null): string | null {
  return value === null || value.length <= MAX_LENGTH ? value : `${value.slice(0, MAX_LENGTH)}...`;
}
