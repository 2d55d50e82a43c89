/**
 * Preloaded into a server (`node --require`): SIGUSR2 sets its clock, as somebody does who corrects that of a machine.
 * CLOCK_STEPS lists by how many milliseconds the clock is wrong after each signal.
 */
const RealDate = Date;
const steps = (process.env.CLOCK_STEPS ?? '').split(',').map(Number);
let wrong = 0;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + wrong);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + wrong;
  }
};
process.on('SIGUSR2', () => {
  wrong = steps.shift() ?? 0;
  process.stderr.write(`The clock is wrong by ${wrong} ms\n`);
});
