/** What a process has used up so far. */
export interface Usage {
  /** User and system time of all its threads, microseconds. */
  readonly cpuMicros: number;
  /** The most memory it has had resident at once, bytes. */
  readonly peakRssBytes: number;
}
