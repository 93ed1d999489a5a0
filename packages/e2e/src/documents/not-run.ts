/** Commands that no test can run here, each with the reason, and what is looked at in their place: a test of the suite. */
export const notRun: readonly { readonly begins: RegExp; readonly why: string; readonly instead?: string }[] =
  [
    { begins: /^gcloud /, why: 'needs a Google Cloud project' },
    { begins: /^aws /, why: 'needs an AWS account' },
    {
      begins: /^docker compose /,
      why: 'needs a container engine',
      instead: 'packages/e2e/src/deployment/compose.test.ts',
    },
    {
      begins: /^docker (?:build|run) /,
      why: 'needs a container engine',
      instead: 'packages/e2e/src/documents/pages.test.ts',
    },
    { begins: /^kubectl /, why: 'needs a cluster', instead: 'packages/e2e/src/documents/pages.test.ts' },
    {
      begins: /^(?:sudo|journalctl|cd \/opt)/,
      why: 'changes the machine, which may lack systemd',
      instead: 'packages/e2e/src/documents/pages.test.ts',
    },
    { begins: /^redis-cli /, why: 'comes with a package of its own' },
    { begins: /^(?:npx --yes )?pnpm(?:@[\d.]+)? test(?: |$)/, why: 'would run this test again' },
    { begins: /^[A-Z_]+=\S+ .*pnpm test(?: |$)/, why: 'would run this test again' },
    { begins: /^pnpm (?:test|check):vendors(?: |$)/, why: 'needs Java and the engines' },
    {
      begins: /^npx --yes pnpm@[\d.]+ demo(?: |$)/,
      why: 'has services of its own, which takes a while',
      instead: 'apps/cli/src/demo/demo.test.ts',
    },
    {
      begins: /^pnpm chaos /,
      why: 'takes minutes',
      instead: 'packages/e2e/src/chaos/chaos.test.ts',
    },
  ];
