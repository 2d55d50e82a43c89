/** `npm start`: builds, then runs the server in this process. */

console.log('Building Convene. On a slow machine this takes a minute or two.');
const parent = process.ppid;
await import('./build.mjs');
await import('../dist/server/start.js');
// Whoever stops npm stops its shell, which does not pass the signal on.
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, 500);
watch.unref();
