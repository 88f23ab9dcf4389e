import { setPriority } from 'node:os';

// Tests of virtual machines take longest, so all others give way to them: where one processor of a machine waits for a lock that the
// other has, which must wait for a processor of ours, both get nowhere.
setPriority(5);
