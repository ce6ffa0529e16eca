package sqlcheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// tenantType is how generated code writes the type of a clinic's parameter.
const tenantType = "id.Tenant"

// Load collects the statements of sqlc's generated Go files at the root of a folder (*.sql.go, and
// batch.go where there are batches), in the order of their files: every constant that begins with the
// "-- name:" line. Which parameters carry the clinic is read from the generated call itself: the
// argument's place is the parameter's number, and it counts where its declared type is id.Tenant,
// whatever its name. A statement constant that no function sends is an error, as is a folder with no
// statement: a check of nothing must not pass.
func Load(folder fs.FS) ([]Statement, error) {
	files, err := fs.Glob(folder, "*.go")
	if err != nil {
		return nil, fmt.Errorf("listing generated files: %w", err)
	}
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	slices.Sort(files)
	var all []Statement
	for _, name := range files {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("reading generated code: %w", err)
		}
		found, err := loadFile(name, text)
		if err != nil {
			return nil, fmt.Errorf("reading statements of %s: %w", path.Base(name), err)
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no statement in %d Go files", len(files))
	}
	return all, nil
}

// generated is what is known of one generated file.
type generated struct {
	texts   map[string]string            // constant → SQL
	structs map[string]map[string]string // type → field → its type as written
}

func loadFile(name string, text []byte) ([]Statement, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	g := generated{map[string]string{}, map[string]map[string]string{}}
	var order []string
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, s := range decl.Specs {
			switch spec := s.(type) {
			case *ast.ValueSpec:
				if decl.Tok == token.CONST && len(spec.Values) == 1 {
					if sql, ok := literal(spec.Values[0]); ok && strings.HasPrefix(sql, "-- name: ") {
						g.texts[spec.Names[0].Name] = sql
						order = append(order, spec.Names[0].Name)
					}
				}
			case *ast.TypeSpec:
				if st, ok := spec.Type.(*ast.StructType); ok {
					g.structs[spec.Name.Name] = fieldTypes(st.Fields)
				}
			}
		}
	}
	sent := map[string]Statement{}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			g.statements(fn, name, sent)
		}
	}
	var out []Statement
	for _, c := range order {
		st, ok := sent[c]
		if !ok {
			return nil, fmt.Errorf("no function sends %s", c)
		}
		out = append(out, st)
	}
	return out, nil
}

// statements finds the constants a function sends and the parameters it fills from an id.Tenant.
func (g generated) statements(fn *ast.FuncDecl, file string, sent map[string]Statement) {
	types := fieldTypes(fn.Type.Params)
	var batch []ast.Expr // what a :batch function puts into vals before it queues them
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.RangeStmt: // `for _, a := range arg` of a :batch function
			if value, ok := e.Value.(*ast.Ident); ok {
				if over, ok := e.X.(*ast.Ident); ok {
					types[value.Name] = strings.TrimPrefix(types[over.Name], "[]")
				}
			}
		case *ast.CompositeLit:
			if a, ok := e.Type.(*ast.ArrayType); ok && a.Len == nil {
				batch = e.Elts
			}
		case *ast.CallExpr:
			at := slices.IndexFunc(e.Args, func(x ast.Expr) bool {
				id, ok := x.(*ast.Ident)
				return ok && g.texts[id.Name] != ""
			})
			if at < 0 {
				return true
			}
			args := e.Args[at+1:]
			if e.Ellipsis.IsValid() {
				args = batch
			}
			name := e.Args[at].(*ast.Ident).Name
			st := Statement{Name: fn.Name.Name, File: file, SQL: g.texts[name]}
			for i, a := range args {
				if g.typeOf(a, types) == tenantType {
					st.Tenant = append(st.Tenant, i+1)
				}
			}
			sent[name] = st
		}
		return true
	})
}

// typeOf tells the declared type of an argument: a parameter, or a field of one.
func (g generated) typeOf(e ast.Expr, types map[string]string) string {
	switch x := e.(type) {
	case *ast.Ident:
		return types[x.Name]
	case *ast.SelectorExpr:
		if base, ok := x.X.(*ast.Ident); ok {
			return g.structs[strings.TrimPrefix(types[base.Name], "*")][x.Sel.Name]
		}
	}
	return ""
}

func fieldTypes(list *ast.FieldList) map[string]string {
	types := map[string]string{}
	for _, f := range list.List {
		for _, n := range f.Names {
			types[n.Name] = written(f.Type)
		}
	}
	return types
}

// written spells the few forms of type that generated parameters have.
func written(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return written(x.X) + "." + x.Sel.Name
	case *ast.StarExpr:
		return "*" + written(x.X)
	case *ast.ArrayType:
		return "[]" + written(x.Elt)
	default:
		return ""
	}
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}
