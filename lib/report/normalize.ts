/**
 * An observation without what differs from run to run, for comparing two of them: names of temporary users, ids of
 * containers, interfaces, process numbers and times.
 */
export function normalize(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, 'TIME')
    .replace(/\bkata-\d+\b/g, 'kata-N')
    .replace(/\bveth[0-9a-f]{6,}\b/g, 'vethN')
    .replace(/\b[0-9a-f]{12,64}\b/g, 'ID')
    .replace(/\b(pid|process) \d+\b/gi, '$1 N')
    .replace(/\b\d+(\.\d+)? ?(ms|s)\b/g, 'T');
}
