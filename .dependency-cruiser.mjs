// The import rules of the house, checked by `npm run imports`; test/contract/import-rules.spec.ts proves that they bite.

/** From the foundation up: a room may import those before it. A new room needs a place here. */
export const ROOMS = [
  'time',
  'problems',
  'platform',
  'recurrence',
  'mail',
  'users',
  'audit',
  'auth',
  'content',
  'permissions',
  'history',
  'notifications',
  'availability',
  'sharing',
  'events',
  'find-time',
  'versions',
  'calendar',
  'caldav',
  'admin',
  'live',
  'mcp',
  'dry-run',
];
/** The same for the folders of platform/. */
const PLATFORM = [
  'hooks',
  'records',
  'config',
  'tracing',
  'logging',
  'cache',
  'database',
  'signals',
  'openapi',
  'http',
  'docs',
  'idempotency',
  'metrics',
  'limits',
  'queues',
  'writes',
  'health',
];
const WIRING = ['app.module', 'create-app', 'start-problem', 'main'];
const STAGES = [...ROOMS.map((room) => `${room}/`), ...WIRING.map((file) => `${file}\\.ts$`)];

const PRIVATE = '\\.(repository|controller|dto|subscriber|gateway)\\.ts$';
const SPEC = '\\.spec\\.ts$';

const PURE = [
  '^src/(time|problems|recurrence)/',
  '^src/content/(?!event\\.entity)',
  '^src/permissions/(role|member)\\.ts$',
  '^src/history/(change|history-entry|history-hash|history-replay|verify-history)\\.ts$',
  '^src/availability/(occupancy|far-days|free-slots|span)\\.ts$',
  '^src/sharing/undo-roles\\.ts$',
  '^src/events/stale-version\\.ts$',
  '^src/find-time/(working-hours|candidates|best-times|time-summary|find-time-question)\\.ts$',
  '^src/platform/signals/signal-text\\.ts$',
  '^src/mail/(mail|mail-retry)\\.ts$',
];
const MACHINERY =
  '(^|/)node_modules/(@nestjs/|typeorm/|pg/|redis/|fastify/|socket\\.io/|class-validator/|class-transformer/)';

const oneWay = STAGES.slice(0, -1).map((stage, index) => ({
  name: `one-way-${[...ROOMS, ...WIRING][index]}`,
  comment: `Imports point one way: ${ROOMS.join(' ← ')} ← wiring.`,
  severity: 'error',
  from: { path: `^src/${stage}` },
  to: { path: `^src/(${STAGES.slice(index + 1).join('|')})` },
}));

const oneWayInPlatform = PLATFORM.slice(0, -1).map((folder, index) => ({
  name: `one-way-platform-${folder}`,
  comment: `Inside platform/, imports point one way: ${PLATFORM.join(' ← ')}.`,
  severity: 'error',
  from: { path: `^src/platform/${folder}/` },
  to: { path: `^src/platform/(${PLATFORM.slice(index + 1).join('|')})/` },
}));

export default {
  forbidden: [
    ...oneWay,
    ...oneWayInPlatform,
    {
      name: 'every-platform-folder-has-a-place',
      comment: 'A folder or file directly under src/platform/ that PLATFORM does not list.',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: `^src/platform/(${PLATFORM.join('|')})/` },
      to: {},
    },
    {
      name: 'every-room-has-a-place',
      comment: 'A folder or file directly under src/ that ROOMS does not list.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${STAGES.join('|')})` },
      to: {},
    },
    {
      name: 'private-to-the-folder',
      comment: 'Repositories, controllers, DTOs, subscribers and gateways are private: the suffix is the visibility.',
      severity: 'error',
      from: { path: '^src/(.+)/[^/]+$' },
      to: { path: `^src/.+${PRIVATE}`, pathNot: '^src/$1/[^/]+$' },
    },
    {
      name: 'private-to-the-folder-wiring',
      comment: 'The wiring knows modules, not what is inside them.',
      severity: 'error',
      from: { path: '^src/[^/]+$' },
      to: { path: `^src/.+${PRIVATE}` },
    },
    {
      name: 'controllers-call-services',
      comment: 'Controllers and gateways never touch repositories or entities.',
      severity: 'error',
      from: { path: '\\.(controller|gateway)\\.ts$' },
      to: { path: '\\.(repository|entity)\\.ts$' },
    },
    {
      name: 'pure',
      comment: 'Rules of the domain: no Nest, TypeORM, pg, Fastify or socket.io, not even through another file.',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { path: MACHINERY, reachable: true },
    },
    {
      name: 'no-cycles',
      comment: 'Types are erased: two files may name each other’s, but not run each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody needs it: neither the server nor a script. Files of the pages are for the browser.',
      severity: 'error',
      from: { path: '^(src/main|scripts/[^/]+)\\.ts$' },
      to: {
        path: '^src/',
        pathNot: ['^src/main\\.ts$', '^src/platform/docs/assets/', '\\.d\\.ts$', SPEC],
        reachable: false,
      },
    },
    {
      name: 'src-stands-alone',
      comment: 'The server needs neither its tests nor its clients.',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: [SPEC, '^src/mcp/'] },
      to: { path: '^(test|sdk|bench|scripts|web)/' },
    },
    {
      name: 'agents-are-clients',
      comment:
        'The tools of agents reach the calendar through the SDK only, so that nothing is written in a second way.',
      severity: 'error',
      from: { path: '^src/mcp/', pathNot: SPEC },
      to: { path: '^(src|test|bench|scripts|web)/', pathNot: '^src/(mcp|platform|problems)/|^src/live/live-origin' },
    },
    {
      name: 'tools-use-the-sdk',
      comment: 'The tools need nothing of the server: they work against any.',
      severity: 'error',
      from: { path: '^sdk/mcp/', pathNot: SPEC },
      to: { path: '^(src|test|bench|scripts|web)/' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration that has landed never changes, so it must not depend on code that does.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|postgres-launcher)/' },
    },
    {
      name: 'launcher-stands-alone',
      comment: 'The PostgreSQL launcher imports no other file of this repository.',
      severity: 'error',
      from: { path: '^postgres-launcher/' },
      to: { dependencyTypes: ['local'], pathNot: '^postgres-launcher/' },
    },
    {
      name: 'launcher-needs-only-pg',
      comment: 'The only package that the PostgreSQL launcher imports is pg.',
      severity: 'error',
      from: { path: '^postgres-launcher/', pathNot: SPEC },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(@types/)?pg/' },
    },
    {
      name: 'launcher-only-from-main',
      comment:
        'The server gets a DATABASE_URL; only its entry point starts a PostgreSQL, or says why it did not start.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|start-problem)\\.ts$' },
      to: { path: '^postgres-launcher/' },
    },
    {
      name: 'launcher-through-its-entry',
      comment: 'The other files of the PostgreSQL launcher are private to its folder.',
      severity: 'error',
      from: { pathNot: '^postgres-launcher/' },
      to: { path: '^postgres-launcher/', pathNot: '^postgres-launcher/index\\.ts$' },
    },
    {
      name: 'sdk-library-stands-alone',
      comment: 'What pages load of the SDK needs no package, nothing of Node, and no program of the SDK.',
      severity: 'error',
      from: { path: '^sdk/', pathNot: '^sdk/(cli|mcp)/' },
      to: { pathNot: '^sdk/(?!(cli|mcp)/)' },
    },
    {
      name: 'command-line-through-the-entry',
      comment: 'The command line uses the SDK as every other program does.',
      severity: 'error',
      from: { path: '^sdk/cli/' },
      to: { path: '^(sdk/|src/|scripts/|bench/|test/|web/)', pathNot: '^sdk/(cli/|mcp/|index\\.ts$)' },
    },
    {
      name: 'declared-dependencies',
      comment: 'What runs in production is a dependency in package.json.',
      severity: 'error',
      from: { path: '^(src|postgres-launcher|migrations)/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What a build makes, or is about to make.
    exclude: { path: '^(sdk/)?dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Without these conditions TypeORM and others stay unresolved, and rules about them pass in silence.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
