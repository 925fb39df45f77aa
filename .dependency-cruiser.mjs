// The layout of the repository as rules over its imports, type-only imports included. `npm run lint` checks them.
// Tests beside the code are left out. `test/` and `e2e/` must have no circles, and import other packages by name.

/** Entries above the rest of their package: programs, and support for tests. */
const ENTRY_FOLDER = '/src/(bin|testing)/';

const OUTSIDE_ORDER = [
  {
    name: 'shared-is-lowest',
    comment: 'packages/shared imports no other package of ours.',
    from: { path: '^packages/shared/src/' },
    to: { path: '^(apps|packages|infra|bench|e2e)/', pathNot: '^packages/shared/' },
  },
  {
    name: 'db-imports-only-shared',
    comment: 'packages/db imports packages/shared, and nothing above it.',
    from: { path: '^packages/db/src/' },
    to: { path: '^(apps|packages|infra|bench|e2e)/', pathNot: '^packages/(db|shared)/' },
  },
  {
    name: 'db-knows-no-server',
    comment: 'HTTP and the queue are the business of the apps.',
    from: { path: '^packages/db/src/' },
    to: { path: '(^|/)node_modules/(express|bullmq|ioredis)/' },
  },
  {
    name: 'client-imports-only-contracts',
    comment: 'The client runs in browsers, as @messaging/shared/contracts does.',
    from: { path: '^packages/client/src/' },
    to: { path: '^(apps|packages|infra|bench|e2e)/', pathNot: '^packages/(client/|shared/src/contracts/)' },
  },
  {
    name: 'contracts-import-only-zod',
    comment: 'A browser can import the contracts: nothing of Node.js, no other library, nothing of runtime/.',
    from: { path: '^packages/shared/src/contracts/' },
    to: { pathNot: '^packages/shared/src/contracts/|(^|/)node_modules/zod/' },
  },
  {
    name: 'apps-are-apart',
    comment: 'An app imports no other app: what both need belongs to a package.',
    from: { path: '^apps/([^/]+)/src/' },
    to: { path: '^(apps|infra|bench|e2e)/', pathNot: '^apps/$1/' },
  },
  {
    name: 'console-imports-only-client',
    comment: 'The console is a page on the public API: of ours it uses the client alone.',
    from: { path: '^apps/console/src/' },
    to: { path: '^(apps|packages|infra|bench|e2e)/', pathNot: '^(apps/console|packages/client)/' },
  },
  {
    name: 'packages-by-name',
    comment: 'Import another package by its name: its package.json says what is public.',
    from: { path: '^((?:apps|packages|infra)/[^/]+|bench)/' },
    to: { path: '^(apps|packages|infra|bench)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
];

const INSIDE_ORDER = [
  {
    name: 'no-circle',
    comment: 'No file is part of a circle. Move what both files need to the lower one, or to a third.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-circle-of-folders',
    comment: 'The folders of a package form an order. Move the file to the folder that it works for.',
    scope: 'folder',
    from: { path: '^(apps|packages|infra)/[^/]+/src/' },
    to: { circular: true },
  },
  {
    name: 'not-from-the-folder-above',
    comment: 'The files of a folder work with the folders below and beside it, which therefore do not import them.',
    from: { path: '^((?:apps|packages|infra)/.+)/[^/]+/[^/]+$', pathNot: ENTRY_FOLDER },
    to: { path: '^$1/[^/]+$' },
  },
  {
    name: 'not-from-testing',
    comment: 'What runs in production imports no support for tests.',
    from: { path: '^(apps|packages|infra)/[^/]+/src/', pathNot: '/src/testing/' },
    to: { path: '^(apps|packages|infra)/[^/]+/src/testing/' },
  },
  {
    name: 'resolvable',
    comment: 'Otherwise the other rules would pass over it.',
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: [...OUTSIDE_ORDER, ...INSIDE_ORDER].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|^bench/results/|\\.test\\.ts$' },
    tsPreCompilationDeps: true, // so that type-only imports count
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['messaging-source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
