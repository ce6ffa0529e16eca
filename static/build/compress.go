package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// compressors are the forms each file is offered in, by the extension of the file beside it.
var compressors = map[string]func(io.Writer) (io.WriteCloser, error){
	".br": func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, brotli.BestCompression), nil
	},
	".gz": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) },
	".zst": func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	},
}

// writeAll writes a file and its compressed forms, leaving out those that save less than a twentieth:
// fonts are compressed already.
func writeAll(out, name string, content []byte) error {
	path := filepath.Join(out, name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	for extension, open := range compressors {
		var small bytes.Buffer
		w, err := open(&small)
		if err != nil {
			return fmt.Errorf("compressing %s: %w", name, err)
		}
		if _, err := w.Write(content); err != nil {
			return fmt.Errorf("compressing %s: %w", name, err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("compressing %s: %w", name, err)
		}
		if small.Len() > len(content)*19/20 {
			continue
		}
		if err := os.WriteFile(path+extension, small.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", name+extension, err)
		}
	}
	return nil
}
