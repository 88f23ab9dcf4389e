const suffixes: Readonly<Record<string, readonly [base: bigint, power: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  '': [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};

const shape = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d{1,2}|[numkMGTPE]|[KMGTPE]i)?$/;

/** Whether a text is a quantity of the Kubernetes API: `128Mi`, `0.5`, `1e3`. */
export function isQuantity(text: string): boolean {
  const match = shape.exec(text);
  return match !== null && `${match[2] ?? ''}${match[3] ?? ''}` !== '' && text.length <= 64;
}

/**
 * A quantity of the Kubernetes API in whole units of 1 / `per`, rounded up as the API does (apimachinery pkg/api/resource, ScaledValue):
 * `quantity('0.5', 1000)` is 500. Throws RangeError on what is no quantity.
 */
export function quantity(text: string, per: 1 | 1000 = 1): bigint {
  const match = shape.exec(text);
  if (match === null || !isQuantity(text))
    throw new RangeError(`Cannot read the quantity "${text}": expected one like 128Mi or 0.5`);
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const [base, power] = /^[eE][+-]?\d/.test(suffix) ? ([10n, Number(suffix.slice(1))] as const) : (suffixes[suffix] ?? [10n, 0]);
  let [over, under] = [BigInt(`${whole}${fraction}`) * BigInt(per), 10n ** BigInt(fraction.length)];
  if (power >= 0) over *= base ** BigInt(power);
  else under *= base ** BigInt(-power);
  const up = (over + under - 1n) / under;
  return sign === '-' ? -(over / under) : up;
}
