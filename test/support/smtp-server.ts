import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { parseMail, type ReceivedMail } from './mail-box.js';

interface Behaviour {
  /** Called with each mail before it is accepted. What it throws is the refusal, with `responseCode`. */
  accept?: (mail: ReceivedMail) => void | Promise<void>;
}

/** A real SMTP server that can be killed, and come back on the same port. */
export class TestSmtpServer {
  /** Every mail that it accepted. */
  readonly arrived: ReceivedMail[] = [];
  /** Mails whose connection was cut before they were accepted. */
  cut = 0;
  behaviour: Behaviour = {};
  private server: SMTPServer | null = null;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onData: (stream, _session, callback) => {
        const take = async (): Promise<void> => {
          const mail = parseMail((await buffer(stream)).toString());
          await this.behaviour.accept?.(mail);
          // Killed meanwhile: the client never sees an answer, and nothing was kept.
          if (this.server !== server) {
            this.cut += 1;
            return;
          }
          this.arrived.push(mail);
          callback(null, 'kept');
        };
        take().catch((error: Error) => callback(error));
      },
    });
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => void server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.server.address() as { port: number }).port;
    this.server = server;
  }

  /** Cuts every connection at once, as the end of its process would. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }
}
