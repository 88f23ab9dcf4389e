// Without the mode in the OCI spec runc, crun and runsc open a node to everybody, and the agent of Kata closes it to all.

export const everybodyOpens = 'the mode is 0666: everybody in the pod may open it';

/** Devices that are who they should be, and open to everybody: whose they are, and what else is seen of them. */
export function openToAll<const Seen extends object>(
  whose: string,
  seen: Seen,
  { it = 'them', short = 'opens, 0666' }: { it?: 'it' | 'them'; short?: string } = {},
) {
  const says = `${whose}, and everybody in the pod may open ${it}: 0666`;
  return { short, says, harm: 'weakens', seen: { ...seen, mode: 'open' } } as const;
}

/** Devices whose owner is kept out: whose they are, and what else is seen of them. */
export function closed<const Seen extends object>(whose: string, seen: Seen, its: 'its' | 'their' = 'their') {
  const says = `${whose}, and the mode 000 keeps ${its} own owner out: EACCES`;
  return { short: 'EACCES: mode 000', says, harm: 'breaks', seen: { ...seen, mode: 'closed' } } as const;
}
