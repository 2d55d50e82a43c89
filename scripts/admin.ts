/**
 * What administrators do, from the command line: `npm run admin -- <command>`; `--help` lists the commands. Runs what is
 * built, may run beside the server, and uses the same services as `/api/admin`: the audit trail names the server itself,
 * with the client `command line`. Ends with 1 when the command is refused, with 2 when it is not understood.
 */
import { HELP, readCommandLine, UsageError } from './admin/command-line.js';

try {
  const line = readCommandLine();
  if (line) {
    // Loading the application takes seconds: not before it is needed.
    const { runCommand } = await import('./admin/run-command.js');
    await runCommand(line);
  } else process.stdout.write(`${HELP}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${HELP}\n`);
  process.exitCode = 2;
}
