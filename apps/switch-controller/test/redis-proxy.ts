import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Server } from '@quay-observability/testkit';

/** A way to Redis that can be cut, or lose the answer to a publication. */
export type RedisProxy = {
  readonly port: number;
  /** Closes what is open, and lets nobody through any more. */
  cut(): void;
  mend(): void;
  /** The next publication reaches Redis; its connection ends without the answer. `thenCut`: and nothing follows. */
  loseNextAnswer(options?: { thenCut: boolean }): void;
  stop(): Promise<void>;
};

export async function startRedisProxy(redis: Pick<Server, 'port'>): Promise<RedisProxy> {
  const clients = new Set<Socket>();
  let isCut = false;
  let losing: 'no' | 'answer' | 'answer and all that follows' = 'no';

  const cut = (): void => {
    isCut = true;
    for (const client of clients) client.destroy();
  };
  const proxy = createServer((client) => {
    if (isCut) return void client.destroy();
    clients.add(client);
    const server = connect(redis.port, '127.0.0.1');
    let isLost = false;
    client
      .on('error', () => undefined)
      .once('close', () => {
        clients.delete(client);
        server.destroy();
      });
    server.on('error', () => undefined).once('close', () => client.destroy());
    client.on('data', (data) => {
      if (losing !== 'no' && data.includes('redis.call')) isLost = true;
      server.write(data);
    });
    server.on('data', (data) => {
      if (!isLost) return void client.write(data);
      // This is the answer: it has taken effect.
      if (losing === 'answer') client.destroy();
      else cut();
      losing = 'no';
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    cut,
    mend: () => (isCut = false),
    loseNextAnswer: ({ thenCut } = { thenCut: false }) => {
      losing = thenCut ? 'answer and all that follows' : 'answer';
    },
    stop: async () => {
      cut();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
