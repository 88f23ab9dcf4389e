/** Whether a text is an https address and nothing else: `javascript:`, `file:` and addresses with a user never become links. */
export function isHttps(text: string): boolean {
  return /^https:\/\/[^\s"'<>\\@]+$/.test(text) && URL.canParse(text);
}
