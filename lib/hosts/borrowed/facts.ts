import { z } from 'zod';

export const disposable = z
  .boolean()
  .describe(
    'Any device of the machine may be handed to a pod. It counts only where the machine itself says so too: /etc/podproof-disposable',
  );

export const sparePci = z
  .string()
  .regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, 'expected the address of a PCI function like 0000:03:00.0')
  .optional()
  .describe('A PCI function that nothing uses: bound to vfio-pci for the run, and given back');
