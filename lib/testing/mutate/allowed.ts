import { hasGuest } from '../../runtimes/facts.ts';
import { unansweredCode } from '../../suite/question.ts';
import type { Case } from './cases.ts';
import { pattern, valueAt, type KeyPath } from './watch.ts';

/** What is read and may change without another answer, with the reason. */
const allowed: ReadonlyArray<{
  at: RegExp;
  /** Only where one of these was seen. */
  answers?: readonly string[];
  only?: (one: Case, keyPath: KeyPath, answer: string | undefined) => boolean;
  why: string;
}> = [
  { at: /\.request\./, why: 'what was asked, and not what came of it' },
  {
    at: /outcome\.kind$/,
    only: (_, __, answer) => answer === undefined,
    why: 'nothing to answer from, however the launch ended',
  },
  {
    at: /outcome\.message$/,
    only: ({ evidence }) => isUnanswered(evidence),
    why: 'a call that was never answered is known by its status: the words are podproof’s own',
  },
  {
    at: /outcome\.code$/,
    only: ({ evidence }) => !isUnanswered(evidence),
    why: 'the other statuses are told apart by the words beside them',
  },
  { at: /bootId$/, answers: ['own', 'isolated'], why: 'every boot id but the host’s is a guest’s own' },
  { at: /runUser\[\]\.mode$/, answers: ['closed'], why: '0700 is as closed as 0750' },
  { at: /runVc\[\]\.mode$/, answers: ['root'], why: '0700 is as closed to others as 0600' },
  {
    at: /host\.processes\[\]\.argv\[\]$/,
    only: (one, keyPath) => {
      const at = Number(keyPath.at(-1));
      return [at, at - 1].every((nth) => valueAt(one.evidence, [...keyPath.slice(0, -1), nth]) !== '--id');
    },
    why: 'of what a VMM is called with only its id is looked at',
  },
  {
    at: /host\.processes\[\]\.argv\[\]$/,
    only: (one, keyPath, answer) => answer === 'sandbox' && valueAt(one.evidence, keyPath) === '--id',
    why: 'a VMM that is called with no id has that of the directory of its sandbox',
  },
  {
    at: /host\.twin\[\]\.role$/,
    only: (one, keyPath) => valueAt(one.evidence, keyPath) !== 'vmm',
    why: 'of the second of two pods only the VMM is looked at',
  },
  {
    at: /guest\.commands\[\]$|host\.processes\[\]\.comm$|guest\.(disks|partitions)\[\]\.(serial|content|blocks)$|host\.disks\[\]\.(name|serial|blocks)$/,
    answers: ['isolated'],
    why: 'a process or a disk is told from another only where both show the same',
  },
  { at: /guest\.processes$/, why: 'a count: fewer than twenty are the container’s own' },
  {
    at: /host\.runVc\[\]\.type$/,
    answers: ['root'],
    why: 'a disk of root’s in the jail is as closed to others as a character device',
  },
  {
    at: /host\.disks\[\]\.name$/,
    only: (one, keyPath, answer) =>
      answer !== 'isolated' &&
      one.evidence.observation.request.devices.every(
        ({ hostPath }) => hostPath !== `/dev/${String(valueAt(one.evidence, keyPath))}`,
      ),
    why: 'a disk of the host that the pod did not ask for: by the name the pod’s own is found',
  },
  {
    at: /host\.dev\[\]\.(type|major|minor)$/,
    only: ({ evidence }) => hasGuest(evidence.cell.runtime),
    why: 'a guest has its disks under numbers of its own',
  },
  {
    at: /host\.runVc\[\]\.path$/,
    only: (one, keyPath, answer) => answer === 'root' || valueAt(one.evidence, [...keyPath.slice(0, -1), 'type']) !== 'c',
    why: 'what is no device in the jail decides nothing',
  },
  { at: /(guest|host)\.kernel$/, why: 'told beside the boot id, which answers' },
  { at: /users\[\]\.name$/, why: 'a number that Kata drew' },
  {
    at: /users\[\]\.[ug]id$/,
    only: (one, _, answer) => answer === 'root' || answer === 'ignored' || (one.evidence.observation.host?.users.length ?? 0) > 1,
    why: 'accounts of other sandboxes, or of none',
  },
  {
    at: /host\.processes\[\]\.capBnd$/,
    only: (one, keyPath) => valueAt(one.evidence, [...keyPath.slice(0, -1), 'role']) === 'shim',
    why: 'says what every capability is on a machine that lacks some',
  },
  { at: /host\.processes\[\]\.cap/, answers: ['ignored', 'root'], why: 'which capabilities a VMM of root has' },
  {
    at: /host\.dev\[\]\.mode$/,
    only: (_, __, answer) => /open-to-all|everything-open|closed/.test(answer ?? ''),
    why: 'the host’s mode where the pod’s is 0666 or 000 whatever it is',
  },
  {
    at: /dev\[\]\.[ug]id$/,
    only: (one, keyPath) => valueAt(one.evidence, [...keyPath.slice(0, -1), 'path']) === '/dev/null',
    why: 'who owns /dev/null is a question of its own: HYG-HOST-NULL',
  },
  {
    at: /spec\.linux\.(masked|readonly)Paths\[\]$/,
    only: (one, keyPath) => {
      const { maskedPaths, readonlyPaths } = one.evidence.observation.request;
      return ![...maskedPaths, ...readonlyPaths].includes(String(valueAt(one.evidence, keyPath)));
    },
    why: 'paths that an engine masks beside the kubelet’s',
  },
  { at: /host\.processes\[\]\.cpuMax\[\]$/, why: 'of the control groups of a pod the one with the least time answers' },
  { at: /guest\.uidMap\[\]$/, why: 'that ids are mapped at all answers, and not whereto' },
  { at: /config\.ignored\[\]$/, why: 'that the engine warns answers, and not of which key first' },
  {
    at: /config\.(wanted|effective)\./,
    only: (_, __, answer) => answer?.startsWith('dead') === true,
    why: 'a key that is dead has any value but the wanted one',
  },
  { at: /lease\.engine\.ignored\[\]$/, why: 'told where a key is not effective' },
];

function isUnanswered({ observation: { outcome } }: Case['evidence']): boolean {
  return outcome.kind === 'refused' && outcome.code === unansweredCode;
}

/** Why a change at this path need not show, or undefined. */
export function reasonAllowed(one: Case, keyPath: KeyPath, answer: string | undefined): string | undefined {
  const at = pattern(keyPath);
  return allowed.find(
    (row) => row.at.test(at) && (row.answers?.includes(answer ?? '') ?? true) && (row.only?.(one, keyPath, answer) ?? true),
  )?.why;
}
