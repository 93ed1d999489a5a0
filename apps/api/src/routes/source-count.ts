import { answers, withinLimit } from '@migrator/engine';

import { basePath } from '../api-context.ts';
import { route } from '../route.ts';
import { sourceProblems } from '../service-problems.ts';

const limitMs = 20_000;

export const sourceCount = route({
  id: 'sourceCount',
  method: 'get',
  path: `${basePath}/source-count`,
  tag: 'Runs',
  summary: 'How many entries a run would go through',
  description: 'One aggregate query: Firestore bills a read for every 1,000 entries.',
  access: 'change',
  answers: { 200: { says: 'The count, with source and target', schema: answers.sourceCount } },
  problems: [...sourceProblems, 'SOURCE_UNAVAILABLE', 'SOURCE_THROTTLED', 'NOT_ANSWERED'],
  handle: (context) => {
    // Those who ask at the same time share one query.
    let counting: Promise<number> | undefined;
    const count = (): Promise<number> =>
      (counting ??= withinLimit(limitMs, context.stopping, (signal) =>
        context.source.countEntries(signal),
      ).finally(() => (counting = undefined)));
    return async ({ response }) => {
      const [{ source, target }, entries] = await Promise.all([context.binding(), count()]);
      response.json({ source, target, entries });
    };
  },
});
