package archtest

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Finding is one breach of a rule.
type Finding struct {
	Rule  string
	Where string // a file, or a folder
	What  string
}

func (f Finding) String() string { return f.Where + ": " + f.What + " [" + f.Rule + "]" }

// tree is what the rules look at.
type tree struct {
	rows  map[string]row
	files []*file           // Go
	other map[string][]byte // .sql and .templ, by path
}

// file is one parsed Go file.
type file struct {
	path, dir string
	test      bool
	syntax    *ast.File
	// imports maps an import path to the name the file calls it by.
	imports map[string]string
	build   constraint.Expr // nil without a build line
}

// skipped folders hold no code of this module.
var skipped = []string{"node_modules", "testdata", "var", "bin", "vendor"}

// read parses the files of a module. Folders with a go.mod of their own are other modules.
func read(fsys fs.FS, rows map[string]row) (*tree, error) {
	t := &tree{rows: rows, other: map[string][]byte{}}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p == "." {
				return nil
			}
			if strings.HasPrefix(d.Name(), ".") || slices.Contains(skipped, d.Name()) {
				return fs.SkipDir
			}
			if _, err := fs.Stat(fsys, path.Join(p, "go.mod")); err == nil {
				return fs.SkipDir
			}
			return nil
		}
		switch path.Ext(p) {
		case ".go":
			return t.parse(fsys, p)
		case ".sql", ".templ":
			text, err := fs.ReadFile(fsys, p)
			t.other[p] = text
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the module's files: %w", err)
	}
	return t, nil
}

func (t *tree) parse(fsys fs.FS, p string) error {
	text, err := fs.ReadFile(fsys, p)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), p, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parsing: %w", err)
	}
	f := &file{
		path: p, dir: path.Dir(p), test: strings.HasSuffix(p, "_test.go"),
		syntax: syntax, imports: map[string]string{},
	}
	for _, i := range syntax.Imports {
		target, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return fmt.Errorf("%s: import %s: %w", p, i.Path.Value, err)
		}
		name := path.Base(target)
		if i.Name != nil {
			name = i.Name.Name
		}
		f.imports[target] = name
	}
	for _, g := range syntax.Comments {
		for _, c := range g.List {
			if c.Pos() < syntax.Package && constraint.IsGoBuild(c.Text) {
				if f.build, err = constraint.Parse(c.Text); err != nil {
					return fmt.Errorf("%s: %w", p, err)
				}
			}
		}
	}
	t.files = append(t.files, f)
	return nil
}

// packages lists the folders that hold Go files.
func (t *tree) packages() []string {
	var dirs []string
	for _, f := range t.files {
		dirs = append(dirs, f.dir)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// uses reports whether a file names something of a package, called or not. A dot import counts as
// using everything, since it hides what is used.
func (f *file) uses(pkg string, names ...string) bool {
	local, ok := f.imports[pkg]
	if !ok {
		return false
	}
	if local == "." {
		return true
	}
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, s.Sel.Name) {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == local {
				found = true
			}
		}
		return !found
	})
	return found
}
