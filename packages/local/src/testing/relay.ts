import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut, and that can stop to carry anything without saying so. */
export class Relay {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #farSockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #stalled = false;
  #holdsBack = false;
  readonly #heldBack = new Map<Socket, Buffer[]>();
  /** How much later answers arrive. */
  answersTakeMs = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  get url(): string {
    const url = new URL(this.#target);
    url.port = String(this.#port);
    return url.href;
  }

  async start(): Promise<void> {
    if (this.#server?.listening === true) return;
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: Number(this.#target.port) });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        if (this.#stalled) socket.pause();
      }
      this.#farSockets.add(far);
      near.on('data', (bytes: Buffer) => {
        if (this.#holdsBack) this.#heldBack.set(far, [...(this.#heldBack.get(far) ?? []), bytes]);
        else far.write(bytes);
      });
      far.on('data', (bytes) => {
        if (this.answersTakeMs === 0) near.write(bytes);
        else setTimeout(() => near.write(bytes), this.answersTakeMs);
      });
      near.on('close', () => {
        if (!this.#heldBack.has(far)) far.destroy();
      });
      far.on('close', () => near.destroy());
      if (this.#stalled) for (const socket of [near, far]) socket.pause();
    });
    await this.#listen(server);
    this.#server = server;
  }

  /** Below the ports that the kernel gives away, so that nobody takes it while the way is cut. */
  async #listen(server: Server): Promise<void> {
    for (;;) {
      const port = this.#port === 0 ? randomInt(20_000, 32_000) : this.#port;
      try {
        server.listen(port, '127.0.0.1');
        await once(server, 'listening');
        this.#port = port;
        return;
      } catch (error) {
        if (this.#port !== 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  stall(): void {
    this.#stalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** From now on commands arrive, but no answer comes. */
  stallAnswers(): void {
    for (const socket of this.#farSockets) socket.pause();
  }

  /** From now on commands are on their way, as in a network that lost their packets. */
  holdBack(): void {
    this.#holdsBack = true;
  }

  /** The client gives its connection up; it can have another one. */
  giveUp(): void {
    this.#holdsBack = false;
    for (const socket of this.#sockets) if (!this.#farSockets.has(socket)) socket.destroy();
  }

  /** What was held back arrives after all. */
  arrive(): void {
    for (const [far, parts] of this.#heldBack) far.end(Buffer.concat(parts));
    this.#heldBack.clear();
  }

  carryOn(): void {
    this.#stalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
