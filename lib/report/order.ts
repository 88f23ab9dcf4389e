/** Order by code unit, with runs of digits compared as numbers: `runc-1.1.9` before `runc-1.1.15`. Independent of any locale. */
export function naturalOrder(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = orderOfParts(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length || plainOrder(a, b);
}

function orderOfParts(a: string, b: string): number {
  if (/^\d/.test(a) && /^\d/.test(b)) {
    const left = a.replace(/^0+/, '');
    const right = b.replace(/^0+/, '');
    return left.length - right.length || plainOrder(left, right);
  }
  return plainOrder(a, b);
}

/** Order by code unit. */
export function plainOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where each distinct text is in an order: sorts many rows by few distinct texts. */
export function ranks(texts: Iterable<string>, order = naturalOrder): (text: string) => number {
  const sorted = [...new Set(texts)].sort(order);
  const rank = new Map(sorted.map((text, index) => [text, index]));
  return (text) => rank.get(text) ?? -1;
}
