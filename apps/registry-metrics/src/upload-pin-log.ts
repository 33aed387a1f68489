import type { Logger } from '@quay-observability/logging';
import type { PinCommands } from './upload-pins.ts';

const MESSAGES: Readonly<Record<PinCommands, { readonly trouble: string; readonly recovery: string }>> = {
  reads: {
    trouble: 'Redis does not give upload pins: only those of this process are known.',
    recovery: 'Upload pins are read from Redis again.',
  },
  writes: {
    trouble: 'Redis does not keep upload pins: this process alone knows them.',
    recovery: 'Upload pins are kept in Redis again.',
  },
};

/** Logs that a connected Redis fails or hangs where the pins of uploads are, and that it is well again. */
export function createUploadPinLog(log: Pick<Logger, 'info' | 'warning'>) {
  return (commands: PinCommands, error: unknown): void => {
    const { trouble, recovery } = MESSAGES[commands];
    if (error === undefined) log.info(recovery);
    else log.warning(trouble, { error });
  };
}
