import { createSocket } from 'node:dgram';

/** A name server on the loopback address that knows the NS records of some zones (RFC 1035), and nothing else. */
export async function startNameServer(
  zones: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, end } = questionOf(query);
    const servers = zones[name];
    const header = Buffer.from(query.subarray(0, 12));
    // An answer, recursion available; 3 is NXDOMAIN.
    header.writeUInt16BE(0x8180 | (servers === undefined ? 3 : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(servers?.length ?? 0, 6);
    header.writeUInt32BE(0, 8);
    const records = (servers ?? []).map((server) => {
      const data = encodeName(server);
      const record = Buffer.alloc(12);
      // A pointer to the name in the question; type NS, class IN, for a minute.
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(2, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(60, 6);
      record.writeUInt16BE(data.length, 10);
      return Buffer.concat([record, data]);
    });
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), port, address);
  });
  await new Promise<void>((settle) => socket.bind(0, '127.0.0.1', settle));
  const stop = () => new Promise<void>((settle) => void socket.close(() => settle()));
  return { address: `127.0.0.1:${socket.address().port}`, stop };
}

function questionOf(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 };
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([...labels, Buffer.from([0])]);
}
