import type { Position } from './table.ts';

/** Where each key moves to; positions beyond the matrix are its edge. */
export const moves: Partial<Record<string, (at: Position, all: boolean) => Position>> = {
  ArrowUp: ({ row, column }) => ({ row: row - 1, column }),
  ArrowDown: ({ row, column }) => ({ row: row + 1, column }),
  ArrowLeft: ({ row, column }) => ({ row, column: column - 1 }),
  ArrowRight: ({ row, column }) => ({ row, column: column + 1 }),
  PageUp: ({ row, column }) => ({ row: row - 10, column }),
  PageDown: ({ row, column }) => ({ row: row + 10, column }),
  Home: ({ row }, all) => ({ row: all ? 0 : row, column: 0 }),
  End: ({ row }, all) => ({ row: all ? Infinity : row, column: Infinity }),
};
