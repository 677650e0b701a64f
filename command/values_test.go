package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// offers are what a shell is offered, and the directive behind it.
func offers(t *testing.T, p person, args ...string) (words []string, directive string) {
	t.Helper()
	o := p.try(t, append([]string{"__complete"}, args...)...)
	list := strings.Split(strings.TrimSpace(o.stdout), "\n")
	for _, l := range list[:len(list)-1] {
		word, _, _ := strings.Cut(l, "\t")
		words = append(words, word)
	}
	return words, strings.TrimPrefix(list[len(list)-1], ":")
}

func TestCompletion(t *testing.T) {
	const files, none, noBlank, dirs = "0", "4", "6", "16"
	somebody := person{"HOME": t.TempDir()}
	config := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte("[profiles.sandbox]\n[profiles.lab.zenodo]\nurl=\"https://z.example.org\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]struct{ words, directive string }{
		"ex":                                 {"export", none},
		"help ver":                           {"completion demo discard doctor export jobs ls man resume sync verify version", none},
		"help export ":                       {"", none},
		"export --lay":                       {"--layout", none},
		"export --layout ":                   {"auto single per-dataset files", none},
		"export --pages html,":               {"html,json html,txt html,docx", noBlank},
		"export --crate=":                    {"ro-crate eln", none},
		"export --access ":                   {"open restricted embargo:", noBlank},
		"export --license CC-BY-4":           {"cc-by-4.0", none},
		"export --language deu":              {"deu", none},
		"export --title ":                    {"", none},
		"export --metadata ":                 {"", files},
		"export --state-dir ":                {"", dirs},
		"export --zenodo ":                   {"", none},
		"export ":                            {"", none},
		"jobs --cite ":                       {"text bibtex cff csl", none},
		"jobs --cite bib":                    {"text bibtex cff csl", none},
		"completion ":                        {"bash zsh fish", none},
		"man ":                               {"", dirs},
		"doctor ":                            {"", none},
		"--log-level ":                       {"debug info warn error", none},
		"--config " + config + " --profile ": {"lab sandbox", none},
		"resume ":                            {"", none},
	} {
		args := strings.Split(line, " ")
		words, directive := offers(t, somebody, args...)
		if got := strings.Join(words, " "); got != want.words || directive != want.directive {
			t.Errorf("%q: %q %s, want %q %s", line, got, directive, want.words, want.directive)
		}
	}
	for flag, want := range map[string]string{"--contributor": "datamanager:", "--related": "issupplementto"} {
		if o := somebody.try(t, "__complete", "export", flag, ""); !slices.Contains(strings.Split(o.stdout, "\n"), want) {
			t.Errorf("%s: %s", flag, o.stdout)
		}
	}
}

// In bash the words of a line are found with the package bash-completion and without.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	script := try(t, "completion", "bash").stdout
	// The program that the script calls answers with the words that it is asked about.
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	put("zenobis", "#!/bin/sh\nshift\nfor w; do printf '<%s>' \"$w\" >>"+dir+"/asked; done\necho >>"+dir+"/asked\necho :4\n", 0o755)
	put("script", script+`
ask() { COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMP_TYPE=9; __start_zenobis; }
ask "zenobis ex" zenobis ex
ask "zenobis export " zenobis export ""
ask "zenobis export --layout=si" zenobis export --layout = si
ask "zenobis export --layout=" zenobis export --layout =
ask "zenobis  verify https://doi.org/10" zenobis verify https : //doi.org/10
ask "zenobis export --access embargo:" zenobis export --access embargo :
ask "zenobis export --access embargo: " zenobis export --access embargo : ""
`, 0o600)
	want := "<ex>\n<export><>\n<export><--layout=si>\n<export><--layout=>\n<verify><https://doi.org/10>\n" +
		"<export><--access><embargo:>\n<export><--access><embargo:><>\n"
	for name, before := range map[string]string{"alone": "", "with the package": "source /usr/share/bash-completion/bash_completion; "} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat("/usr/share/bash-completion/bash_completion"); err != nil && before != "" {
				t.Skip("bash-completion is not installed")
			}
			os.Remove(filepath.Join(dir, "asked"))
			cmd := exec.Command(bash, "--norc", "-c", before+"source "+dir+"/script")
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
			if out, _ := cmd.CombinedOutput(); strings.Contains(strings.ReplaceAll(string(out), "compopt: not currently", ""), "not found") {
				t.Errorf("bash says %s", out)
			}
			got, err := os.ReadFile(filepath.Join(dir, "asked"))
			if err != nil || string(got) != want {
				t.Errorf("asked about\n%s, %v, want\n%s", got, err, want)
			}
		})
	}
}
