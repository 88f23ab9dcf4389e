import { inject } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import type { Suite } from '../suite/suite.ts';
import { declareSuite } from './declare.ts';

/** Lets vitest run suite files, which are tables and call neither `describe` nor `test`: their default export is declared after import. */
export default class SuiteRunner extends VitestTestRunner {
  override async importFile(filepath: string, source: 'collect' | 'setup'): Promise<unknown> {
    const module = (await super.importFile(filepath, source)) as { default?: Suite };
    if (source === 'collect' && module.default !== undefined) declareSuite(module.default, inject('podproof'));
    return module;
  }
}
