/**
 * Preloaded into a server (`node --require`): measures the CPU time of the longest turn of its event loop, which is the
 * time for which one request holds all others. Unlike a waiting time, it hardly depends on what else the machine does.
 * SIGUSR2 prints the longest one since the last signal.
 */
const { readFileSync } = require('node:fs');

/** CPU milliseconds of this thread; of the whole process where the system does not count by thread. */
function cpuTime() {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
}

let last = cpuTime();
let longest = 0;
const measure = () => {
  const now = cpuTime();
  longest = Math.max(longest, now - last);
  last = now;
};
// A timer of one millisecond is due in every turn. It does not keep the process alive.
setInterval(measure, 1).unref();
process.on('SIGUSR2', () => {
  measure();
  process.stderr.write(`longest turn ${longest.toFixed(1)} ms\n`);
  longest = 0;
});
