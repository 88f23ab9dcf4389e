import { inject } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import type { Suite } from '../suite/suite.ts';
import { declareLease } from './declare.ts';
import { takeContext } from './handover.ts';

/**
 * Lets vitest run the list of suites, which are tables and call neither `describe` nor `test`: they are declared after its
 * import. All in one file, as vitest ends one before it begins the next, and slots would idle at each end.
 */
export default class SuiteRunner extends VitestTestRunner {
  override async importFile(filepath: string, source: 'collect' | 'setup'): Promise<unknown> {
    const module = (await super.importFile(filepath, source)) as { suites?: readonly Suite[] };
    if (source !== 'collect' || module.suites === undefined) return module;
    const context = await takeContext(inject('podproof'));
    if (context !== undefined) declareLease(module.suites, context);
    return module;
  }
}
