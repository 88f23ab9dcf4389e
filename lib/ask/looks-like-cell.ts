/** Whether a text has the shape of a cell's id: host/engine/runtime. */
export function looksLikeCell(text: string): boolean {
  return /^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/.test(text);
}
