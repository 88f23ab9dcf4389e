import { errnosIn } from './errno.ts';
import { layersIn, type Layer } from './layer.ts';
import { objectIn } from './object.ts';
import { namesDevice, saidIn } from './statement.ts';
import { verbIn, type Verb } from './verb.ts';

/** The facts of one failure, as its text has them. All text is untrusted. */
export interface Failure {
  /** Its statement on one line: what was said, from who called to what the last one found. */
  text: string;
  /** The same without what a logger adds about itself. */
  said: string;
  /** It speaks of a device, a mount or the like, and not in the words of an errno alone. */
  namesDevice: boolean;
  errno?: string;
  verb?: Verb | undefined;
  /** A path, a PCI function, a resource, or whatever the text quotes. */
  object?: string | undefined;
  /** The program that said it, where it begins with its name. */
  tool?: string | undefined;
  /** Who passed it on and who said it, outermost first; `application` where nobody else is named. */
  layers: Layer[];
  /** Who refused, as near as the words tell. */
  by: Layer;
  /** Components with their versions, where named. */
  versions: string[];
}

/** The longest clause before an errno that is looked at, in UTF-16 units. */
const reach = 600;

/** By this a long log is thinned before it is read: words of what fails, is absent, forbidden, or denied. */
export const complaint =
  /fail|error|\bnot?\b|cannot|n't|unable|without|den(?:y|ied|ies)|refus|reject|forbid|prevent|violat|invalid|unsupported|unavailable|unknown|unhealthy|unresolvable|missing|insufficient|out ?of|mismatch|exceed|conflict|duplicate|time(?:d )? ?out|panic|fatal|warn|exited|closed|busy|disconnect|fault|bus error|sig(?:bus|sys)|bad (?:system|address|file)|audit|avc:|already|read-only|write-protected|permission|disabled|ignor|\bmust\b|needs?\b|requires?\b|killed|errno|os error|\bE(?:PERM|ACCES|NOENT|NXIO|NODEV|BUSY|INVAL|EXIST|NOMEM|ROFS|IO|NOSYS)\b|keine?\b|nicht\b|refusé|non \w|denegado|permitid|отказано|不|没有|无法/i;

/** Of a statement that repeats itself only so many failures, from its end. */
const most = 8;

/** What somebody typed, with its prompt: it names much that did not fail. */
const command =
  /^(?:[$%>] |# \w+ |\+{1,4} |\S+@\S+[:~ ][^#$]{0,60}[#$] |sudo |(?:docker|podman|kubectl|nerdctl|crictl|ctr) (?:run|exec|create|apply|build|logs|describe|get)\b)(?!.*(?:: |\bfail|\berror))/i;

const success =
  /level=(?:info|debug)|\b(?:INFO|DEBUG)\b|\b(?:registered|start(?:ing|ed)|serving|success(?:ful(?:ly)?)?|succeeded|loaded|loading|listening|created|ready|enabled|security options|connected)\b/i;

/** Every failure that a statement on one line tells, in its order; one without an errno where it names none. */
export function failuresIn(text: string): Failure[] {
  const errnos = errnosIn(text);
  const layers = layersIn(text);
  const shared: Omit<Failure, 'errno' | 'verb' | 'object' | 'tool'> = {
    text,
    said: saidIn(text),
    namesDevice: namesDevice(text),
    layers: layers.length === 0 ? ['application'] : layers,
    by: nearest(text, layers),
    versions: versionsIn(text),
  };
  // A line of success names what others fail of: `Registered device plugin with Kubelet`.
  if (errnos.length === 0 && (command.test(text) || (success.test(text) && !complaint.test(text)))) return [];
  if (errnos.length === 0) return [{ ...shared, ...factsOf(text.slice(-reach), '') }];
  return errnos.slice(-most).map(({ errno, start, end }, index, all) => {
    const from = Math.max(all[index - 1]?.end ?? 0, start - reach);
    const until = Math.min(all[index + 1]?.start ?? text.length, end + 200);
    const facts = factsOf(text.slice(from, start), text.slice(end, until));
    // A path and an errno alone: the path could not be opened, as `cat: /dev/x: Permission denied`.
    const verb = facts.verb ?? (facts.object?.startsWith('/') === true ? 'open' : undefined);
    return { ...shared, ...facts, verb, errno };
  });
}

function factsOf(before: string, behind: string): Pick<Failure, 'verb' | 'object' | 'tool'> {
  const tool = toolOf(before);
  const verb = verbIn(innermost(before), tool) ?? verbIn(before, tool);
  return { verb, object: objectIn(before, behind), tool };
}

/** The clause nearest to the errno: `a: b: open /dev/x: ` ends with `open /dev/x`. */
function innermost(before: string): string {
  const clauses = before.split(/(?:: |; |, (?=error)|\bcaused by\b|\berror=)/i).filter((each) => /\w{3}/.test(each));
  return clauses.slice(-2).join(' ').slice(-240);
}

/** The program that speaks: the one that the statement begins with, or a well-known one before the last colons. */
function toolOf(before: string): string | undefined {
  const first = /^(?:.{0,120}\bexit status \d+, |\/(?:usr\/)?s?bin\/)?([a-z][\w.+-]{0,30}): /i.exec(before)?.[1]?.toLowerCase();
  return first === undefined ||
    /^(?:warning|fatal|caused|failed|msg|reason|message|info|debug|exception|\w*err(?:or)?)$/.test(first)
    ? undefined
    : first;
}

function nearest(text: string, layers: readonly Layer[]): Layer {
  if (layers.includes('lsm') && /avc: +denied|apparmor="?denied/i.test(text)) return 'lsm';
  return layers.at(-1) ?? 'application';
}

const component =
  /\b(containerd|cri-?o|runc|crun|kata(?:-containers)?|qemu|kubelet|kubernetes|docker|podman|systemd|runsc|kernel|linux)(?: version)?[ :/=v-]{1,3}(\d+\.\d+[\w.+-]*)/gi;

function versionsIn(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(component)].map(
        ([, name = '', version = '']) => `${shortOf(name.toLowerCase())} ${version.replace(/[.,;:]+$/, '')}`,
      ),
    ),
  ];
}

/** One name for each component, the one that ranges are written with. */
function shortOf(name: string): string {
  return name === 'cri-o' ? 'crio' : name.replace(/^kata-containers$/, 'kata');
}
