import { type Command, Option } from 'commander';
import type { Cli } from '../cli.js';
import { UsageError } from '../cli-error.js';

/** How each shell asks `convene complete` for what may come next. */
const SCRIPTS: Record<string, string> = {
  bash: `_convene() {
  local line
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    COMPREPLY+=("$line")
  done < <(convene complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _convene convene`,
  zsh: `#compdef convene
_convene() {
  local -a found
  local word about
  while IFS=$'\\t' read -r word about; do
    found+=("\${word//:/\\\\:}:$about")
  done < <(convene complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe convene found; else _files; fi
}
if [ "$funcstack[1]" = "_convene" ]; then _convene "$@"; else compdef _convene convene; fi`,
  fish: `function __convene_complete
    set -l words (commandline -opc) (commandline -ct)
    convene complete -- $words[2..-1] 2>/dev/null
end
complete -c convene -f -a '(__convene_complete)'`,
};

const PLACES: Record<string, string> = {
  bash: 'convene completion bash > ~/.local/share/bash-completion/completions/convene',
  zsh: 'convene completion zsh > "${fpath[1]}/_convene"',
  fish: 'convene completion fish > ~/.config/fish/completions/convene.fish',
};

/** `completion`, and the hidden `complete`, which the scripts call. */
export function addCompletion(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('print the script that completes commands in your shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `\nInstall it with one of:\n${Object.values(PLACES)
        .map((line) => `  ${line}\n`)
        .join('')}`,
    )
    .action((shell: string) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) throw new UsageError(`There is no completion for ${shell}: bash, zsh or fish.`);
      cli.print(script);
    });

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action((words: string[]) => {
      for (const [word, about] of completions(program, words)) cli.print(`${word}\t${about}`);
    });
}

/** What the last word may become, each with what it means. The words before it choose the command. */
export function completions(program: Command, words: string[]): [string, string][] {
  const [last = ''] = words.slice(-1);
  let command = program;
  let expects: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (expects) expects = undefined;
    else if (word.startsWith('-'))
      expects = optionsOf(command, program).find(
        (option) => [option.long, option.short].includes(word) && option.required,
      );
    else command = command.commands.find((one) => one.name() === word || one.aliases().includes(word)) ?? command;
  }
  const values: [string, string][] = (expects?.argChoices ?? []).map((choice) => [choice, expects!.description]);
  const commands: [string, string][] = command
    .createHelp()
    .visibleCommands(command)
    .map((one) => [one.name(), one.description()]);
  const options: [string, string][] = optionsOf(command, program).map(({ long, short, description }) => [
    long ?? short!,
    description,
  ]);
  const shells =
    command.name() === 'completion' ? Object.keys(SCRIPTS).map((shell): [string, string] => [shell, '']) : [];
  const possible = expects ? values : last.startsWith('-') ? options : [...commands, ...shells];
  return possible.filter(([word]) => word.startsWith(last));
}

const optionsOf = (command: Command, program: Command): readonly Option[] => [
  ...command.createHelp().visibleOptions(command),
  ...(command === program ? [] : program.options),
];
