const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'].map((suffix, nth) => [suffix, [10n, 3 * nth - 9]] as const);
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, nth) => [suffix, [2n, 10 * nth + 10]] as const);
const suffixes = new Map<string, readonly [base: bigint, power: number]>([...decimal, ...binary]);

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
  const [base, power] = /^[eE][+-]?\d/.test(suffix)
    ? ([10n, Number(suffix.slice(1))] as const)
    : (suffixes.get(suffix) ?? [10n, 0]);
  let [over, under] = [BigInt(`${whole}${fraction}`) * BigInt(per), 10n ** BigInt(fraction.length)];
  if (power >= 0) over *= base ** BigInt(power);
  else under *= base ** BigInt(-power);
  const up = (over + under - 1n) / under;
  return sign === '-' ? -(over / under) : up;
}
