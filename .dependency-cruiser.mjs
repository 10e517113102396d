// Which room may import which; checked by `npm run imports`, which is part of `npm test`.

// Every room may import itself and what stands beside it here, and nothing else of ours.
const rooms = {
  diagnostics: [],
  config: ['diagnostics'],
  fix: ['diagnostics'],
  parser: ['diagnostics'],
  format: ['parser', 'diagnostics'],
  ir: ['diagnostics'],
  library: [],
  check: ['parser', 'ir', 'library', 'diagnostics'],
  lower: ['check', 'ir', 'diagnostics'],
  passes: ['ir', 'diagnostics'],
  codegen: ['ir', 'passes', 'check', 'diagnostics'],
  picture: ['check', 'ir', 'diagnostics'],
  report: ['picture'],
};
// Of these, types only.
const typesOnly = { codegen: ['passes', 'check'] };
const compiler = Object.keys(rooms);
const anyOf = (names) => `(?:${names.join('|')})`;
const portable = `^src/(?:${anyOf(compiler)}/|runtime/(?!node/)|compile[.]ts$)`;
const npm = (...names) => `node_modules/${anyOf(names)}/`;
// An optional peer dependency: usually not there to be resolved.
const tfjsNode = '^@tensorflow/tfjs-node$';

const layers = [
  ...Object.entries(rooms).map(([room, others]) => ({
    name: `${room}-imports-only`,
    comment: `src/${room} may import ${others.length > 0 ? others.join(', ') : 'nothing of ours'}.`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/${anyOf([room, ...others])}/` },
  })),
  ...Object.entries(typesOnly).map(([room, others]) => ({
    name: `${room}-types-only`,
    comment: `src/${room} may import only types of ${others.join(', ')}.`,
    from: { path: `^src/${room}/` },
    to: { path: `^src/${anyOf(others)}/`, dependencyTypesNot: ['type-only'] },
  })),
  {
    name: 'compile-imports-only',
    comment: 'src/compile.ts, the pure driver, may import the compiler and nothing else of ours.',
    from: { path: '^src/compile[.]ts$' },
    to: { path: '^src/', pathNot: `^src/${anyOf(compiler)}/` },
  },
  {
    name: 'index-imports-only',
    comment: 'src/index.ts, the compiler API, may import the compiler and its driver.',
    from: { path: '^src/index[.]ts$' },
    to: { path: '^src/', pathNot: `^src/(?:${anyOf(compiler)}/|compile[.]ts$)` },
  },
  {
    name: 'runtime-imports-only',
    comment: 'src/runtime (without node/) may import tfjs-core, ml-matrix and itself.',
    from: { path: '^src/runtime/(?!node/)' },
    to: { path: '.', pathNot: ['^src/runtime/(?!node/)', npm('@tensorflow/tfjs-core', 'ml-matrix')] },
  },
  {
    name: 'runtime-node-imports-only',
    comment:
      'src/runtime/node may import the runtime, pages, tfjs, Node, readers of formats, diff, log-update and picocolors.',
    from: { path: '^src/runtime/node/' },
    to: {
      path: '.',
      pathNot: [
        '^src/(?:runtime|report)/',
        npm('@tensorflow/[^/]+', 'csv-parse', 'diff', 'fast-png', 'fflate', 'jpeg-js', 'log-update', 'picocolors'),
        tfjsNode,
      ],
      dependencyTypesNot: ['core'],
    },
  },
];

export default {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      comment: 'Modules that import each other at run time; cycles of types alone are allowed.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-io',
      comment: 'The compiler and the portable runtime also run in a browser tab: no Node modules.',
      from: { path: portable },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-tfjs-in-compiler',
      comment: 'The compiler writes tfjs programs, it never runs them.',
      from: { path: `^src/(?:${anyOf(compiler)}/|compile[.]ts$|index[.]ts$)` },
      to: { path: [npm('@tensorflow/[^/]+'), tfjsNode] },
    },
    {
      name: 'no-tools-in-src',
      comment: 'What is published may import only dependencies and peer dependencies.',
      from: { path: '^src/' },
      to: {
        pathNot: tfjsNode,
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer'],
      },
    },
    {
      name: 'not-to-tests',
      comment: 'src/ imports nothing from outside itself.',
      from: { path: '^src/' },
      to: { path: '^(?:test|bench|scripts|dist|examples)/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      from: {},
      to: { couldNotResolve: true, pathNot: tfjsNode },
    },
  ].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
