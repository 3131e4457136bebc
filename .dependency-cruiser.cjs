/**
 * Who may import whom (ARCHITECTURE.md, "The rooms"). One rule per room: everything that is not in its
 * list is forbidden. Type imports count.
 */
const packages = (...names) => `^(?:packages|containers|functions)/(?:${names.join('|')})/`;
const anyRoom = '^(?:packages|containers|functions)/';

/** Production imports of each room among our own rooms; its own files are always allowed. */
const rooms = {
  core: [],
  protocol: ['core'],
  translate: ['core', 'protocol'],
  identity: ['core', 'protocol'],
  governance: ['core', 'protocol'],
  routing: ['core', 'protocol'],
  history: ['core', 'protocol'],
  prompts: ['core', 'protocol'],
  pipeline: ['core', 'protocol', 'translate', 'identity', 'governance', 'routing', 'history', 'prompts'],
  dialects: ['config', 'core', 'protocol', 'pipeline'],
  'request-logs': ['core', 'protocol'],
  rotation: [],
  'http-upstream': ['core', 'pipeline'],
  aws: ['routing', 'core', 'protocol', 'history', 'prompts', 'rotation', 'pipeline', 'http-upstream'],
  litellm: ['core', 'protocol', 'identity', 'governance', 'routing', 'rotation', 'pipeline', 'http-upstream'],
  certificates: [],
  config: ['core'],
  telemetry: ['core'],
  simulators: ['core', 'protocol'],
  'middy-http-jwt': [],
  lambda: [
    'aws',
    'config',
    'core',
    'dialects',
    'governance',
    'identity',
    'litellm',
    'middy-http-jwt',
    'pipeline',
    'telemetry',
  ],
};

const TESTS = '\\.test(-d)?\\.ts$|/test-support/';

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      comment: `packages/${room} may import: ${allowed.join(', ') || 'none of our packages'}`,
      severity: 'error',
      from: { path: packages(room), pathNot: TESTS },
      to: { path: anyRoom, pathNot: packages(room, ...allowed) },
    })),
    {
      name: 'nothing-imports-what-is-started',
      comment: 'Containers and functions are started, never imported, but by the launcher and the tests.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/local/' },
      to: { path: '^(?:containers|functions)/' },
    },
    {
      name: 'aws-sdk-only-in-aws',
      comment: 'Only the adapters (and the simulator, for its model) know the AWS SDK.',
      severity: 'error',
      from: { path: anyRoom, pathNot: `${packages('aws', 'simulators')}|${TESTS}` },
      to: { path: 'node_modules/(@aws-sdk|@smithy|@aws-crypto)/' },
    },
    {
      name: 'no-http-in-the-domain',
      comment: 'Domain packages and the pipeline know no HTTP.',
      severity: 'error',
      from: {
        path: packages(
          'core',
          'protocol',
          'translate',
          'identity',
          'governance',
          'routing',
          'prompts',
          'history',
          'request-logs',
          'rotation',
          'pipeline',
        ),
        pathNot: TESTS,
      },
      to: { path: '^(node:)?(http|https|http2|net|tls)$|node_modules/undici/' },
    },
    {
      name: 'through-the-front-door',
      comment: 'Another package is imported by its name, never by a path into it.',
      severity: 'error',
      from: { path: '^(packages|containers|functions)/([^/]+)/', pathNot: TESTS },
      to: { path: anyRoom, pathNot: ['^$1/$2/', '/src/index\\.ts$'] },
    },
    {
      name: 'tests-through-the-front-door',
      comment: 'Tests may use what another package has for tests too: the suites of its ports.',
      severity: 'error',
      from: { path: '^(packages|containers|functions)/([^/]+)/.*(?:\\.test(?:-d)?\\.ts$|/test-support/)' },
      to: { path: anyRoom, pathNot: ['^$1/$2/', '/src/index\\.ts$', '/src/(?:test-support|testing)/[^/]+\\.ts$'] },
    },
    {
      name: 'stacks-import-the-configuration-alone',
      comment: 'stacks/ names containers and functions by path, never by import.',
      severity: 'error',
      from: { path: '^stacks/', pathNot: TESTS },
      to: { path: anyRoom, pathNot: packages('config') },
    },
    {
      name: 'nothing-imports-the-stacks',
      severity: 'error',
      from: { path: anyRoom },
      to: { path: '^stacks/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.state|\\.cache|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
