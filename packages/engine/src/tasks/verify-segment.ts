import {
  addTo,
  type Deltas,
  entryPath,
  type Issue,
  parseItem,
  readProvenance,
  type Task,
  type VerificationRequest,
} from '@migrator/core';

import type { EngineContext } from '../engine-context.ts';
import { asOwned, dateKeyOf, type OwnedItem } from '../entries/journal-items.ts';
import { findOrphans } from '../entries/find-orphans.ts';
import { SetDigest } from './set-digest.ts';
import type { TaskStart, TaskWork } from './page-result.ts';
import { scanSegment, wantedUsers } from './scan-segment.ts';

type Segment = Extract<Task, { type: 'segment' }>;

/**
 * The reverse pass of a verification: adds the owned items of one segment to the set digest. When all segments are
 * done the digest shows whether they are the items of the forward pass, without a lookup for each.
 */
export async function* verifySegment(
  context: Pick<EngineContext, 'target'>,
  segment: Segment,
  request: VerificationRequest,
  setKey: string,
  start: TaskStart,
): TaskWork {
  const users = wantedUsers(request);
  for await (const { items, ...rest } of scanPages(context, segment, start)) {
    const found = new SetDigest(setKey, -1);
    for (const json of items) {
      if (users === undefined && found.addOwned(json)) continue;
      const item = parseItem(json);
      const provenance = readProvenance(item);
      if (provenance !== undefined && (users === undefined || users.has(provenance.userId))) {
        found.add(dateKeyOf(item), provenance);
      }
    }
    yield { ...rest, deltas: { scanned: items.length, ...found.deltas() } };
  }
}

/**
 * The second scan of a segment, if the two passes have found different items: finds those without an entry by name.
 */
export async function* rescanSegment(
  context: Pick<EngineContext, 'source' | 'target' | 'settings'>,
  segment: Segment,
  request: VerificationRequest,
  start: TaskStart,
): TaskWork {
  const users = wantedUsers(request);
  for await (const { items, ...rest } of scanPages(context, segment, start)) {
    const owned = items
      .map((item) => asOwned(parseItem(item)))
      .filter((item) => item !== undefined)
      .filter(({ provenance }) => users === undefined || users.has(provenance.userId));
    const { orphans, unknown } = await findOrphans(context.source, owned, start.signal);
    const deltas: Deltas<'verification'> = { rescanned: items.length };
    addTo(deltas, 'unexpected', orphans.length);
    addTo(deltas, 'unknown', unknown.length);
    addTo(deltas, 'items', orphans.length + unknown.length);
    const issues = [
      ...orphans.map((item) => issueOf(context, start.task, item, 'unexpected')),
      ...unknown.map((item) => issueOf(context, start.task, item, 'unknown')),
    ];
    yield { ...rest, deltas, issues };
  }
}

function scanPages(
  context: Pick<EngineContext, 'target'>,
  segment: Segment,
  start: TaskStart,
): ReturnType<typeof scanSegment> {
  return scanSegment(context.target, segment, start, { keysOnly: true, limit: 1_000 });
}

function issueOf(
  context: Pick<EngineContext, 'settings'>,
  task: string,
  item: OwnedItem,
  code: 'unexpected' | 'unknown',
): Issue {
  const path = entryPath(item.provenance, context.settings.names);
  return { task, key: item.dateKey, code, detail: { path, dateKey: item.dateKey, fields: [] } };
}
