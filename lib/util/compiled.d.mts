export function compiled(...entries: string[]): Promise<string[]>;
