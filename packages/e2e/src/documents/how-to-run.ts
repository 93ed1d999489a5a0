import type { DocumentsEnvironment } from './testing/documents-environment.ts';

/** How a command is run that is not just run to its end, which has to be a success, while nothing else runs. */
export interface HowToRun {
  /** What it needs. */
  readonly before?: (environment: DocumentsEnvironment) => Promise<void>;
  /** It needs an active run. */
  readonly duringRun?: true;
  /** It never ends by itself: it runs until the end of the test, or until it has written `output`. */
  readonly endless?: true;
  /** Its status; 22 is curl's, for a response of 400 or above. */
  readonly exit?: number;
  /** What it writes. */
  readonly output?: RegExp;
}

/** The first that fits counts. */
const howToRun: readonly (HowToRun & { readonly command: RegExp })[] = [
  { command: /pnpm@[\d.]+ api\b/, endless: true, output: /^api: http:/m },
  { command: /pnpm@[\d.]+ worker\b/, endless: true, output: /^worker: ready/m },
  { command: /\/events$/, endless: true, output: /^event: state$/m },
  { command: /"dryrun": true/, exit: 22, output: /"field":"dryrun"/ },
  { command: /\/pause\b/, before: (environment) => environment.startSlowRun(), output: /"state":"paus/ },
  { command: /\/resume\b/, duringRun: true },
  { command: /\/cancel\b/, duringRun: true, output: /"state":"cancelling"/ },
  { command: /"userIds"/, before: (environment) => environment.addFailingEntry(), output: /ITEM_TOO_LARGE/ },
  { command: /\/retry /, before: (environment) => environment.haveRunWithFailure() },
  { command: /"pruneCount"/, output: /PRUNE_NOT_CONFIRMED/ },
  { command: /cli backup --out/, before: (environment) => environment.removeBackup() },
  { command: /cli failures\b/, before: (environment) => environment.haveRunWithFailure() },
  { command: /cli retry\b/, before: (environment) => environment.haveRunWithFailure(), exit: 5 },
  { command: /cli start\b/, before: (environment) => environment.correctFailingEntry() },
];

const ordinary: HowToRun = {};

export function howToRunOf(text: string): HowToRun {
  return howToRun.find(({ command }) => command.test(text)) ?? ordinary;
}
