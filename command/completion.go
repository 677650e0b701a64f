package command

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"
)

// bashAlone finds the words of the line, and folders, where the package
// bash-completion, which has functions for both, is missing. bash cuts words at = and
// :, here they are whole.
const bashAlone = `
__zenobis_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local i word rest=${COMP_LINE:0:COMP_POINT}
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then
            words[${#words[@]}]=
            rest=${rest#"${rest%%[![:space:]]*}"}
        fi
        if ((i == COMP_CWORD)); then
            word=$rest
        fi
        words[${#words[@]} - 1]+=$word
        rest=${rest#"$word"}
    done
    cword=$((${#words[@]} - 1))
    cur=${words[cword]} prev=
    if ((cword > 0)); then
        prev=${words[cword - 1]}
    fi
}

if ! declare -F _filedir >/dev/null 2>&1; then
    _filedir()
    {
        local IFS=$'\n'
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -d -- "$cur"))
    }
fi
`

func (c *call) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish",
		Short:     "shell completion",
		Long:      "Print the completion of commands, flags, their values and exports for a shell.",
		Example:   "  source <(zenobis completion bash)\n  zenobis completion fish > ~/.config/fish/completions/zenobis.fish",
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args:      arguments(1, 1, "shell: bash, zsh or fish"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var text bytes.Buffer
			var err error
			switch args[0] {
			case "bash":
				err = cmd.Root().GenBashCompletionV2(&text, true)
				text.WriteString(bashAlone)
			case "zsh":
				err = cmd.Root().GenZshCompletion(&text)
			case "fish":
				err = cmd.Root().GenFishCompletion(&text, true)
			default:
				return fmt.Errorf("%w: no completion for %q; take bash, zsh or fish", errUsage, args[0])
			}
			if err == nil {
				_, err = c.Out.Write(text.Bytes())
			}
			return c.wrote(err)
		},
	}
}

// wrote tells of output that can't be written.
func (c *call) wrote(err error) error {
	if err != nil {
		c.status = (&invocation{out: c.printer()}).fail("", err)
	}
	return nil
}
