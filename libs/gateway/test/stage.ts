import { open, startRawServer, type RawConnection, type RawServer } from './raw-http.ts';
import { startGateway, type GatewaySetup, type RunningGateway } from './start-gateway.ts';

export type Stage = {
  upstream: RawServer;
  gateway: RunningGateway;
  client: RawConnection;
  atUpstream: () => Promise<RawConnection>;
};

/** A client connected to a gateway whose upstream does what the test says. */
export async function stage(setup: GatewaySetup, play: (stage: Stage) => Promise<void>): Promise<void> {
  const arrivals: ((connection: RawConnection) => void)[] = [];
  const arrived: RawConnection[] = [];
  const upstream = await startRawServer((connection) => {
    const waiting = arrivals.shift();
    if (waiting === undefined) arrived.push(connection);
    else waiting(connection);
  });
  const gateway = await startGateway(upstream.url, setup);
  const client = await open(gateway.port);
  const atUpstream = (): Promise<RawConnection> =>
    new Promise((resolve) => {
      const connection = arrived.shift();
      if (connection === undefined) arrivals.push(resolve);
      else resolve(connection);
    });
  try {
    await play({ upstream, gateway, client, atUpstream });
  } finally {
    client.socket.destroy();
    await upstream.close();
    await gateway.close();
  }
}
