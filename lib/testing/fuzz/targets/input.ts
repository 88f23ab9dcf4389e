import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleText } from '../../matrix.ts';
import { parseMatrix } from '../../../model/matrix/load.ts';
import type { Matrix } from '../../../model/matrix/matrix.ts';
import { makePlan } from '../../../plan/plan.ts';
import { parseSelection } from '../../../plan/select.ts';
import { packageRoot } from '../../../util/paths.ts';
import { vocabulary } from '../../../verbs/catalog.ts';
import { reader, refusing, type Target } from '../target.ts';

const matrixText = (): Promise<string> => readFile(join(packageRoot, 'matrix.json'), 'utf8');
/** Planning is bounded by what a matrix may hold; a mutant doubles lists, and is planned while it stays small. */
const small = (matrix: Matrix): boolean =>
  Object.keys(matrix.hosts).length < 20 &&
  Object.values(matrix.engines).flat().length * Object.values(matrix.runtimes).flat().length < 500;

export const inputTargets: Target[] = [
  reader('matrix', [await matrixText(), exampleText], (text) => {
    const matrix = refusing(/^matrix\.json:.+/s, () => parseMatrix(text));
    if (matrix === undefined || !small(matrix)) return;
    for (const profile of Object.keys(matrix.profiles))
      refusing(/profile|matrix|cell/i, () => makePlan(matrix, { profile, only: '' }));
  }),
  {
    name: 'only',
    corpus: async () => [
      'engine=containerd>=1.7 runtime=kata suite=rootless-vmm question=RVMM-*',
      'runtime=crun suite=ownership,devices question=OWN-*',
      'host=debian-13 engine=containerd>=1.6<2.0 runtime=kata@3.30.0-go-*',
      'cell=debian-13/containerd-1.7.24/runc-1.1.15 scenario=plain,user-*',
    ],
    async open() {
      const matrix = parseMatrix(await matrixText());
      const { cells } = makePlan(matrix, { profile: Object.keys(matrix.profiles)[0] ?? '', only: '' });
      return {
        try(text) {
          refusing(/^--only: /, () => parseSelection(text, { matrix, ...vocabulary }));
          // A recorded plan is read without its matrix, and then any name may be asked for.
          const free = refusing(/^--only: /, () => parseSelection(text));
          if (free === undefined) return;
          for (const cell of cells) free.cell(cell);
          for (const question of vocabulary.questions) free.question(question);
        },
      };
    },
  },
];
