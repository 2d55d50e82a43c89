/** `npm start`: builds, then runs the server in this process. */

console.log('Building Convene. On a slow machine this takes a minute or two.');
await import('./build.mjs');
await import('../dist/server/start.js');
