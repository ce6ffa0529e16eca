package isolation

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A cut costs the building of all that depends on the package that is cut. So the cuts are built into one
// set of programs, in which every function and every constant that a cut changes stands in its whole form
// and in the cut one, and cutVariable names the cut that is made.

const (
	cutVariable = "PADDOCK_TEST_CUT"

	// switchSource goes into each package that is cut.
	switchSource = `package %s

import "os"

func cutOn(name string) bool { return os.Getenv("` + cutVariable + `") == name }

func cutText(whole string, cuts ...string) string {
	for i := 0; i < len(cuts); i += 2 {
		if cutOn(cuts[i]) {
			return cuts[i+1]
		}
	}
	return whole
}
`
)

// switchable reports whether the cut can stand beside the others in one program.
func (c cut) switchable() bool { return path.Ext(c.file) == ".go" }

// buildSwitched makes the tests of every package that is named by a cut, with all cuts in them that can be.
func buildSwitched(t *testing.T, cuts []cut) (binaries map[string]string) {
	t.Helper()
	files, pkgs := map[string]string{}, []string{}
	for _, c := range cuts {
		if !c.switchable() || files[c.file] != "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(c.file)))
		if err != nil {
			t.Fatal(err)
		}
		both, pkg, err := switched(string(text), slices.DeleteFunc(slices.Clone(cuts), func(other cut) bool { return other.file != c.file }))
		if err != nil {
			t.Fatalf("%s: %v", c.file, err)
		}
		files[c.file] = both
		files[path.Join(path.Dir(c.file), "cut_switch.go")] = fmt.Sprintf(switchSource, pkg)
	}
	for _, c := range cuts {
		if !slices.Contains(pkgs, c.pkg) {
			pkgs = append(pkgs, c.pkg)
		}
	}
	return buildTests(t, files, pkgs...)
}

// switched is a source text with every declaration that a cut changes in both forms.
func switched(text string, cuts []cut) (both, pkg string, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", "", err
	}
	at := func(p token.Pos) int { return set.Position(p).Offset }
	found := map[string]int{}
	// broken gives the cut forms of a piece of the source, by the names of the cuts.
	broken := func(piece string) (names, forms []string) {
		for _, c := range cuts {
			if n := strings.Count(piece, c.old); n > 0 {
				found[c.name] += n
				names, forms = append(names, c.name), append(forms, strings.ReplaceAll(piece, c.old, c.new))
			}
		}
		return names, forms
	}
	var out, end strings.Builder
	done := 0
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body == nil {
				continue
			}
			begin := at(d.Body.Lbrace) + 1
			names, bodies := broken(text[begin:at(d.Body.Rbrace)])
			out.WriteString(text[done:begin])
			done = begin
			leave := ""
			if d.Type.Results == nil {
				leave = "return\n"
			}
			for i, name := range names {
				fmt.Fprintf(&out, "\nif cutOn(%q) {\n%s\n%s}", name, bodies[i], leave)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if !ok || d.Tok != token.CONST || len(value.Names) != 1 || len(value.Values) != 1 {
					continue
				}
				whole := text[at(value.Values[0].Pos()):at(value.Values[0].End())]
				names, forms := broken(whole)
				if len(names) == 0 {
					continue
				}
				// It is given up as a constant, which no variable can be.
				out.WriteString(text[done:at(value.Pos())])
				fmt.Fprintf(&out, "_ = 0")
				done = at(value.End())
				fmt.Fprintf(&end, "\nvar %s = cutText(%s", value.Names[0].Name, whole)
				for i, name := range names {
					fmt.Fprintf(&end, ", %q, %s", name, forms[i])
				}
				end.WriteString(")\n")
			}
		}
	}
	out.WriteString(text[done:])
	for _, c := range cuts {
		if all := strings.Count(text, c.old); all == 0 || found[c.name] != all {
			return "", "", fmt.Errorf("%q stands there %d times, of which %d in a function or a constant: the sabotage is out of date", c.old, all, found[c.name])
		}
	}
	return out.String() + end.String(), file.Name.Name, nil
}

// buildTests makes the tests of packages with other texts of some files, so that whatever does not depend on
// these is built already. Whether a test notices is no question of races.
func buildTests(t *testing.T, files map[string]string, pkgs ...string) (binaries map[string]string) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	for file, text := range files {
		into := filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(into, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(root, filepath.FromSlash(file))] = into
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"test", "-c", "-overlay", overlay, "-ldflags", "-s -w", "-o", dir + string(filepath.Separator)}
	cmd := exec.CommandContext(t.Context(), "go", append(args, pkgs...)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building what is cut: %v\n%s", err, out)
	}
	binaries = map[string]string{}
	for _, pkg := range pkgs {
		binaries[pkg] = filepath.Join(dir, path.Base(pkg)+".test")
	}
	return binaries
}
