/** Several measurements of one thing, in milliseconds or MiB. */
export interface Spread {
  name: string;
  unit: 'ms' | 'MiB' | 'ratio';
  count: number;
  min: number;
  median: number;
  max: number;
}

/** The middle and the ends of some numbers; throws RangeError for none. */
export function spread(name: string, unit: Spread['unit'], values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError(`Cannot tell the spread of ${name}: nothing was measured`);
  const sorted = values.map((value) => Math.round(value * 100) / 100).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
  return { name, unit, count: sorted.length, min: at(0), median: at(0.5), max: at(1) };
}

/** How long `work` takes, over and over. */
export async function repeat(name: string, times: number, work: () => unknown): Promise<Spread> {
  const values: number[] = [];
  for (let round = 0; round < times; round++) {
    const start = performance.now();
    await work();
    values.push(performance.now() - start);
  }
  return spread(name, 'ms', values);
}

/** The most memory that this process ever used: VmHWM of proc(5), in MiB. */
export function peakMemory(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1024;
}
