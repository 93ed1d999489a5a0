/**
 * Loaded before a program (`node --import`) whose clock is to be wrong: `CLOCK_OFFSET_MS` is added to what `Date` says of
 * now. The monotonic clock and timers stay as they are, as on a real host.
 */
const offsetMs = Number(process.env['CLOCK_OFFSET_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, self) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + offsetMs] : given, self) as Date,
  get: (target, name) =>
    name === 'now' ? () => RealDate.now() + offsetMs : (Reflect.get(target, name) as unknown),
});
