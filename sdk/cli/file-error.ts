import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

const REASONS: Record<string, string> = {
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'there is a file in its place',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
};

/** Why a file cannot be read or written, in words; what the system says when there are none for it. */
export function fileReason({ code = '', message }: NodeJS.ErrnoException, what: 'read' | 'written'): string {
  if (code === 'ENOENT') return what === 'read' ? 'there is no such file' : 'there is no such folder';
  return REASONS[code] ?? message;
}

/** The refusal for a file that somebody named. */
export function fileError(path: string, what: 'read' | 'written', error: NodeJS.ErrnoException): CliError {
  const code = what === 'read' ? 'unreadable_file' : 'unwritable_file';
  return new CliError(`${path} cannot be ${what}: ${fileReason(error, what)}.`, code, EXIT.usage);
}
