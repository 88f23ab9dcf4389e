/** strerror(3) of glibc, as busybox prints it, and the two sentences that its shell has instead. */
const names: Record<string, string> = {
  'Operation not permitted': 'EPERM',
  'Permission denied': 'EACCES',
  'No such file or directory': 'ENOENT',
  'no such file': 'ENOENT',
  'nonexistent directory': 'ENOENT',
  'No such device or address': 'ENXIO',
  'No such device': 'ENODEV',
  'Device or resource busy': 'EBUSY',
  'Input/output error': 'EIO',
  'Read-only file system': 'EROFS',
  'Invalid argument': 'EINVAL',
  'File exists': 'EEXIST',
  'Is a directory': 'EISDIR',
  'Not a directory': 'ENOTDIR',
  'No space left on device': 'ENOSPC',
  'Cannot allocate memory': 'ENOMEM',
  'Bad address': 'EFAULT',
  'Too many levels of symbolic links': 'ELOOP',
  'File name too long': 'ENAMETOOLONG',
  'Function not implemented': 'ENOSYS',
  'Operation not supported': 'EOPNOTSUPP',
  'Not supported': 'ENOTSUP',
  'Inappropriate ioctl for device': 'ENOTTY',
  'Text file busy': 'ETXTBSY',
  'No medium found': 'ENOMEDIUM',
  'Wrong medium type': 'EMEDIUMTYPE',
  'Resource temporarily unavailable': 'EAGAIN',
  'Connection timed out': 'ETIMEDOUT',
  'Value too large for defined data type': 'EOVERFLOW',
  'Bad file descriptor': 'EBADF',
  'Too many open files': 'EMFILE',
  'Stale file handle': 'ESTALE',
  'Structure needs cleaning': 'EUCLEAN',
  'Remote I/O error': 'EREMOTEIO',
  'No buffer space available': 'ENOBUFS',
  'Key has expired': 'EKEYEXPIRED',
  'Required key not available': 'ENOKEY',
};

/** The errno name in what a program said (`sh: can't open /dev/x: Permission denied`); its own words where there is none; null for silence. */
export function errnoOf(message: string): string | null {
  const words = message.trim();
  if (words === '') return null;
  const last = words.slice(words.lastIndexOf(': ') + 1).trim();
  return names[last] ?? last.slice(0, 200);
}
