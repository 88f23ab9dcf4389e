/**
 * The errnos of Linux by name: the number, and the words that C libraries, languages and drivers have for it, matched without case.
 * English first, then German, French, Spanish, Portuguese, Italian, Russian, Chinese and Japanese of the GNU C library, then names
 * of languages and libraries.
 */
const table: Readonly<Record<string, readonly [number: number, words: string]>> = {
  EPERM: [
    1,
    'operation not permitted|operation nicht (?:erlaubt|zulässig|gestattet)|die operation ist nicht erlaubt|opération non permise|operación no permitida|operação não permitida|operazione non permessa|операция не позволена|不允许的操作|許可されていない操作です',
  ],
  ENXIO: [
    6,
    'no such device or address|kein passendes gerät[^.:]{0,40}gefunden|aucun périphérique ou adresse|no existe el dispositivo o la dirección|没有那个设备或地址',
  ],
  ENOENT: [
    2,
    'no such file or directory|no such file(?! system)|datei oder verzeichnis nicht gefunden|aucun fichier ou dossier de ce (?:type|nom)|no existe el (?:archivo|fichero) o el directorio|arquivo ou diretório (?:inexistente|não encontrado)|file o directory non esistente|нет такого файла или каталога|没有那个文件或目录|そのようなファイルやディレクトリはありません|nosuchfileexception|filenotfounderror',
  ],
  EIO: [
    5,
    "input/output error|eingabe-/ausgabefehler|erreur d'entrée/sortie|error de entrada/salida|输入/输出错误|libusb_error_io\\b|\\bi/o error",
  ],
  ENOEXEC: [8, 'exec format error'],
  EBADF: [9, 'bad file descriptor'],
  EAGAIN: [11, 'resource temporarily unavailable'],
  ENOMEM: [
    12,
    'cannot allocate memory|nicht genügend hauptspeicher|ne peut allouer de la mémoire|no se pudo asignar memoria|无法分配内存|not enough space',
  ],
  EACCES: [
    13,
    "(?<!OCI )permission denied|keine berechtigung|permission non accordée|permiso denegado|permissão negada|permesso negato|отказано в доступе|权限不够|許可がありません|libusb_error_access\\b|insufficient permissions?|accessdeniedexception|unauthorizedaccessexception|access to the path '[^']{1,200}' is denied|access denied(?=\\W*(?:insufficient|$))|permissiondenied(?=\\W*(?:,|\\}|\\)|$))",
  ],
  EFAULT: [14, 'bad address'],
  ENOTBLK: [15, 'block device required'],
  EBUSY: [
    16,
    'device or resource busy|resource busy|das gerät oder die ressource ist belegt|périphérique ou ressource occupé|dispositivo o recurso ocupado|设备或资源忙|libusb_error_busy\\b|resource device busy|device busy',
  ],
  EEXIST: [
    17,
    'file exists|die datei existiert bereits|le fichier existe|el (?:archivo|fichero) ya existe|文件已存在|alreadyexists',
  ],
  ENODEV: [
    19,
    'no such device(?! or address)|kein passendes gerät gefunden|aucun périphérique de ce type|no existe el dispositivo|没有那个设备|libusb_error_no_device\\b|operation not supported by device',
  ],
  ENOTDIR: [20, 'not a directory|ist kein verzeichnis'],
  EISDIR: [21, 'is a directory|ist ein verzeichnis'],
  EINVAL: [22, 'invalid argument|das argument ist ungültig|ungültiges argument|argument invalide|argumento inválido|无效的参数'],
  EMFILE: [24, 'too many open files'],
  ENOTTY: [25, 'inappropriate ioctl for device'],
  ENOSPC: [28, 'no space left on device|auf dem gerät ist kein speicherplatz mehr'],
  EROFS: [
    30,
    'read-only file ?system|das dateisystem ist nur lesbar|système de fichiers (?:accessible )?en lecture seule|只读文件系统|sistema de archivos de sólo lectura',
  ],
  ENOSYS: [38, 'function not implemented|system call not implemented'],
  ELOOP: [40, 'too many levels of symbolic links'],
  EOVERFLOW: [75, 'value too large for defined data type'],
  EOPNOTSUPP: [95, 'operation not supported(?! by device)|libusb_error_not_supported\\b'],
  ETIMEDOUT: [110, 'connection timed out'],
  ECONNREFUSED: [111, 'connection refused'],
  ENOMEDIUM: [123, 'no medium found'],
};
const rows = Object.entries(table).map(([name, [number, words]]) => ({ name, number, words }));

const names = new Map(rows.map(({ name, number }) => [String(number), name]));
names.set('524', 'EOPNOTSUPP');

/** `EACCES`; `[Errno 13]`, `errno=13`; `os error 13`; `error=13,` of Java; `code: 13, kind:` of Rust; `failed with error -13`. */
const symbol = rows.map(({ name }) => name).join('|');
const numbered =
  '\\[errno -?(\\d+)\\]|\\berrno\\W{1,3}-?(\\d+)|\\berror (\\d+)(?=:? (?:open|initiali|access|creat|read))|\\bos error (\\d+)|\\berror=(\\d+)(?=,)|\\bcode: (\\d+), kind(?:: \\w+)?|\\b(?:error|err|ret|rc|result|returned)[ =:]{1,2}-(\\d+)\\b|: -(\\d{1,2})(?=[.;]?\\s*$)';
const anywhere = new RegExp(
  `(?<!code = )(?:${rows.map(({ words }) => `(${words.replaceAll(' ', '\\s+')})`).join('|')}|\\b(${symbol}|ENOTSUP)\\b|${numbered})`,
  'giu',
);

/** An errno that a text names, with its place. */
export interface ErrnoFound {
  errno: string;
  start: number;
  end: number;
}

/** Every errno that a text names, by word, symbol or number, in order; `EPERM (Operation not permitted)` counts once. */
export function errnosIn(text: string): ErrnoFound[] {
  const found: ErrnoFound[] = [];
  for (const match of text.matchAll(anywhere)) {
    const errno = errnoOf(match);
    const start = match.index;
    const end = start + match[0].length;
    if (errno === undefined) continue;
    const last = found.at(-1);
    if (last?.errno === errno && start - last.end < 48 && !/[\n/]/.test(text.slice(last.end, start))) last.end = end;
    else found.push({ errno, start, end });
  }
  return found;
}

function errnoOf(match: RegExpExecArray): string | undefined {
  const word = rows.findIndex((_, index) => match[index + 1] !== undefined);
  if (word >= 0) return rows[word]?.name;
  const name = match[rows.length + 1];
  if (name !== undefined) return /^[A-Z]+$/.test(name) ? (name === 'ENOTSUP' ? 'EOPNOTSUPP' : name) : undefined;
  const number = match.slice(rows.length + 2).find((each) => each !== undefined);
  return number === undefined ? undefined : names.get(number);
}

/** The number and the name in English of an errno, for the index of words. */
export const errnoNames: ReadonlyArray<{ name: string; number: number; words: string }> = rows.map(({ name, number, words }) => ({
  name,
  number,
  words: (words.split('|')[0] ?? '').replace(/\(\?<?[!:=][^)]*\)/g, '').replaceAll('?', ''),
}));
