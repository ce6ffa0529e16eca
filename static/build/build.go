package main

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// format changes when this program would make other files of the same sources.
const format = "1"

// copied are third-party scripts the pages load as they are, by the name the pages use.
var copied = map[string]string{
	"htmx.js":   "node_modules/htmx.org/dist/htmx.min.js",
	"hx-csp.js": "node_modules/htmx.org/dist/ext/hx-csp.min.js",
}

// entries are what esbuild bundles, by the name the pages use.
var entries = map[string]string{"main.css": "css/main.css", "app.js": "js/app.js"}

// manifest is what static reads: the names in dist, and of which sources they were made.
type manifest struct {
	Inputs string            `json:"inputs"`
	Files  map[string]string `json:"files"`
}

// digest hashes all that the result depends on.
func digest(root string) (string, error) {
	h := sha256.New()
	_, _ = io.WriteString(h, format)
	for _, part := range []string{"package-lock.json", "css", "js", "img"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			_, _ = fmt.Fprintf(h, "%s %d\n", path, len(b))
			_, _ = h.Write(b)
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("reading the sources of the assets: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// upToDate tells whether dist was made of these sources and is whole.
func upToDate(root, inputs string) bool {
	b, err := os.ReadFile(filepath.Join(root, "dist", "manifest.json"))
	if err != nil {
		return false
	}
	var m manifest
	if json.Unmarshal(b, &m) != nil || m.Inputs != inputs {
		return false
	}
	for _, name := range m.Files {
		if _, err := os.Stat(filepath.Join(root, "dist", name)); err != nil {
			return false
		}
	}
	return true
}

// build makes dist anew.
func build(root, inputs string) error {
	made, err := bundle(root) // name in dist to content
	if err != nil {
		return err
	}
	m := manifest{Inputs: inputs, Files: map[string]string{}}
	for name, hashed := range made.names {
		m.Files[name] = hashed
	}
	if err := addCopies(root, &made, m.Files); err != nil {
		return err
	}
	out := filepath.Join(root, "dist")
	if err := clear(out); err != nil {
		return err
	}
	for name, content := range made.files {
		if err := writeAll(out, name, content); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	// Last, so that a build that was cut off is not taken for a whole one.
	if err := os.WriteFile(filepath.Join(out, "manifest.json"), append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

// output is what was made, before it is written.
type output struct {
	files map[string][]byte // by name in dist
	names map[string]string // name in the source to name in dist
}

// bundle lets esbuild put stylesheet and script together, with the fonts they name.
func bundle(root string) (output, error) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		return output{}, fmt.Errorf("finding %s: %w", root, err)
	}
	made := output{files: map[string][]byte{}, names: map[string]string{}}
	for name, source := range entries {
		result := api.Build(api.BuildOptions{
			AbsWorkingDir:     absolute,
			EntryPoints:       []string{source},
			EntryNames:        "[name]-[hash]",
			AssetNames:        "[name]-[hash]",
			Outdir:            filepath.Join(absolute, "dist"),
			PublicPath:        "/static",
			Bundle:            true,
			Format:            api.FormatESModule,
			Target:            api.ES2022,
			MinifyWhitespace:  true,
			MinifyIdentifiers: true,
			MinifySyntax:      true,
			LegalComments:     api.LegalCommentsInline,
			Supported:         map[string]bool{"nesting": true},
			Loader:            map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderFile},
			LogLevel:          api.LogLevelSilent,
			Write:             false,
		})
		if problems := append(result.Errors, result.Warnings...); len(problems) > 0 {
			said := api.FormatMessages(problems, api.FormatMessagesOptions{Kind: api.ErrorMessage})
			return output{}, errors.New("bundling " + source + ":\n" + strings.TrimSpace(strings.Join(said, "")))
		}
		for _, f := range result.OutputFiles {
			hashed := filepath.Base(f.Path)
			made.files[hashed] = f.Contents
			made.names[plainName(hashed)] = hashed
		}
		if made.names[name] == "" {
			return output{}, fmt.Errorf("bundling %s gave no %s", source, name)
		}
	}
	return made, nil
}

// plainName takes the hash that esbuild put before the extension out of a name.
func plainName(hashed string) string {
	extension := filepath.Ext(hashed)
	stem := strings.TrimSuffix(hashed, extension)
	return stem[:strings.LastIndexByte(stem, '-')] + extension
}

// addCopies adds the third-party scripts and the pictures, unchanged.
func addCopies(root string, made *output, names map[string]string) error {
	sources := map[string]string{}
	for name, path := range copied {
		sources[name] = filepath.Join(root, filepath.FromSlash(path))
	}
	pictures, err := os.ReadDir(filepath.Join(root, "img"))
	if err != nil {
		return fmt.Errorf("reading the pictures: %w", err)
	}
	for _, p := range pictures {
		if !p.IsDir() && !strings.HasPrefix(p.Name(), ".") {
			sources[p.Name()] = filepath.Join(root, "img", p.Name())
		}
	}
	for name, path := range sources {
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("copying %s: %w", name, err)
		}
		sum := sha256.Sum256(content)
		extension := filepath.Ext(name)
		hashed := strings.TrimSuffix(name, extension) + "-" + base32.StdEncoding.EncodeToString(sum[:5]) + extension
		made.files[hashed] = content
		names[name] = hashed
	}
	return nil
}

// clear empties dist, but for the file that keeps it in the repository.
func clear(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", out, err)
	}
	old, err := os.ReadDir(out)
	if err != nil {
		return fmt.Errorf("emptying %s: %w", out, err)
	}
	for _, f := range old {
		if f.Name() == ".gitkeep" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(out, f.Name())); err != nil {
			return fmt.Errorf("emptying %s: %w", out, err)
		}
	}
	return nil
}
