import type { WriteStream } from 'node:tty';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds before anything is shown: most commands are done by then. */
const PATIENCE_MS = 400;
const FRAME_MS = 100;

/** One line on a terminal while something takes long; nothing anywhere else. */
export class Progress {
  text = 'Waiting for the server';
  private running = 0;
  private timer: NodeJS.Timeout | undefined;
  private frame = 0;
  private isShown = false;

  constructor(private readonly stream: WriteStream) {}

  /** Shows the line until the work is done, if that takes long. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.running++ === 0) this.start();
    try {
      return await work();
    } finally {
      if (--this.running === 0) this.stop();
    }
  }

  private start(): void {
    if (!this.stream.isTTY) return;
    this.timer = setTimeout(() => {
      this.timer = setInterval(() => this.draw(), FRAME_MS).unref();
      this.draw();
    }, PATIENCE_MS).unref();
  }

  private draw(): void {
    this.isShown = true;
    this.frame = (this.frame + 1) % FRAMES.length;
    this.stream.write(`\r\u001b[K${FRAMES[this.frame]} ${this.text} …`);
  }

  private stop(): void {
    clearTimeout(this.timer);
    if (this.isShown) this.stream.write('\r\u001b[K');
    this.isShown = false;
  }
}
