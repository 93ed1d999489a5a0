interface Capacity {
  readonly CapacityUnits?: number;
}

/** The units that an answer says it used; `otherwise` where it does not say, as older local services don't. */
export function consumedUnits(
  capacity: Capacity | readonly Capacity[] | undefined,
  otherwise: number,
): number {
  if (capacity === undefined) return otherwise;
  const all = Array.isArray(capacity) ? capacity : [capacity];
  let units = 0;
  for (const { CapacityUnits } of all) {
    if (CapacityUnits === undefined) return otherwise;
    units += CapacityUnits;
  }
  return all.length === 0 ? otherwise : units;
}
