/** Writes a value to standard output: as JSON where that is asked for, otherwise as its text. */
export function print(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, undefined, 2)}\n` : text());
}
