interface Capacity {
  readonly CapacityUnits?: number;
}

/** What an answer says it used; a service that does not say (an older local one) is taken at `otherwise`. */
export function unitsOf(capacity: Capacity | readonly Capacity[] | undefined, otherwise: number): number {
  if (capacity === undefined) return otherwise;
  const all = Array.isArray(capacity) ? capacity : [capacity];
  let units = 0;
  for (const { CapacityUnits } of all) {
    if (CapacityUnits === undefined) return otherwise;
    units += CapacityUnits;
  }
  return all.length === 0 ? otherwise : units;
}

/** Write units of an item with so many bytes: one for each begun KB. */
export function writeUnitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}
