import type { DocumentsEnvironment } from './testing/documents-environment.ts';

/** How a command is run that is not just run to its end, which has to be a success, while nothing else runs. */
export interface HowToRun {
  /** What it needs. */
  readonly before?: (environment: DocumentsEnvironment) => Promise<void>;
  /** It is about what runs. */
  readonly duringRun?: true;
  /** It never ends by itself: it goes on until the end of the test, or until it has written `says`. */
  readonly endless?: true;
  /** Its status; 22 is curl's, for an answer of 400 and beyond. */
  readonly exit?: number;
  /** What it writes. */
  readonly says?: RegExp;
}

/** The first that fits counts. */
const howToRun: readonly (HowToRun & { readonly command: RegExp })[] = [
  { command: /pnpm@[\d.]+ api\b/, endless: true, says: /^api: http:/m },
  { command: /pnpm@[\d.]+ worker\b/, endless: true, says: /^worker: ready/m },
  { command: /\/events$/, endless: true, says: /^event: state$/m },
  { command: /"dryrun": true/, exit: 22, says: /"field":"dryrun"/ },
  { command: /\/pause\b/, before: (environment) => environment.startSlowRun(), says: /"state":"paus/ },
  { command: /\/resume\b/, duringRun: true },
  { command: /\/cancel\b/, duringRun: true, says: /"state":"cancelling"/ },
  { command: /"userIds"/, before: (environment) => environment.addFailingEntry(), says: /ITEM_TOO_LARGE/ },
  { command: /\/retry /, before: (environment) => environment.haveRunWithFailure() },
  { command: /"pruneCount"/, says: /PRUNE_NOT_CONFIRMED/ },
  { command: /cli backup --out/, before: (environment) => environment.removeBackup() },
  { command: /cli failures\b/, before: (environment) => environment.haveRunWithFailure() },
  { command: /cli retry\b/, before: (environment) => environment.haveRunWithFailure(), exit: 5 },
  { command: /cli start\b/, before: (environment) => environment.correctFailingEntry() },
];

const ordinary: HowToRun = {};

export function howToRunOf(text: string): HowToRun {
  return howToRun.find(({ command }) => command.test(text)) ?? ordinary;
}
