import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, exitCode, verdictNames, worstOf } from './verdict.ts';

const verdicts = fc.array(fc.constantFrom(...verdictNames), { maxLength: 12 });

describe('the order of verdicts', () => {
  it('goes from harmless to worst', () => {
    expect(worstOf(['pass', 'unsupported'])).toBe('pass');
    expect(worstOf(['known', 'pass', 'fixed'])).toBe('fixed');
    expect(worstOf(['void', 'fail'])).toBe('void');
    expect(worstOf(['void', 'blocked'])).toBe('blocked');
    expect(worstOf(['missing', 'error', 'pass'])).toBe('missing');
    expect(worstOf([])).toBeUndefined();
  });

  it('gives a parent the worst of its children, however they are grouped', () => {
    fc.assert(
      fc.property(verdicts, verdicts, (a, b) => {
        expect(worstOf([...a, ...b])).toBe(worstOf([worstOf(a), worstOf(b)].filter((name) => name !== undefined)));
        expect(worstOf([...b, ...a])).toBe(worstOf([...a, ...b]));
      }),
    );
  });

  it('counts every verdict, in their order', () => {
    const counts = count(['pass', 'fail', 'pass']);
    expect(Object.keys(counts)).toEqual([...verdictNames]);
    expect(counts).toMatchObject({ pass: 2, fail: 1, missing: 0 });
  });
});

describe('exit code', () => {
  it.for([
    [['pass', 'known', 'unsupported'], 0],
    [['pass', 'fixed'], 1],
    [['pass', 'fail'], 1],
    [['pass', 'void'], 1],
    [['pass', 'blocked'], 75],
    [['pass', 'error'], 75],
    [['pass', 'missing'], 75],
    [['fail', 'missing', 'error', 'blocked'], 1],
    [['unsupported', 'unsupported'], 77],
    [['unsupported', 'blocked'], 75],
    [[], 77],
  ] as const)('of %j is %i', ([verdicts, code]) => {
    expect(exitCode(verdicts)).toBe(code);
  });

  it('is never green when a verdict is red', () => {
    fc.assert(
      fc.property(verdicts, fc.constantFrom('fixed', 'fail', 'void', 'blocked', 'error', 'missing'), (others, red) => {
        expect([1, 75]).toContain(exitCode([...others, red]));
      }),
    );
  });
});
