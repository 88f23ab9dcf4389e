/** What an answer is in a cell of a table: its short words where it has any, otherwise its name. */
export function shortAnswer(name: string, answers: ReadonlyArray<{ name: string; short?: string | undefined }> = []): string {
  return answers.find((answer) => answer.name === name)?.short ?? name.replaceAll('-', ' ');
}
