export function compiled(...entries: string[]): Promise<string[]>;
export function madeOnce(name: string, make: () => string): string;
