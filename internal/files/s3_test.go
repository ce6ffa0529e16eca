package files_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paddock/internal/files"
	"paddock/internal/id"
)

// The store speaks S3 to a server that is one: versitygw, which checks signatures and keeps its buckets in a folder.
// It is built once by tools/run, from a module of its own.
func TestFilesLieInABucketThatSpeaksS3(t *testing.T) {
	address, root := s3Server(t)
	c := clinicOf(t, address)
	row := c.added(t, string(photo(60, 40)))
	if _, err := io.ReadAll(strings.NewReader(c.content(t, row))); err != nil || c.thumbnail(t, row).Bounds().Dx() != 60 {
		t.Errorf("a picture: %v", err)
	}
	big := id.New() // more than one part of an upload
	must(t, files.Add(t.Context(), c.deps(), c.Keys, c.who(), big, c.incoming(), long(23<<20)))
	if n := len(c.content(t, big)); n != 23<<20 {
		t.Errorf("%d bytes came back", n)
	}
	c.folder = root
	if names := c.blobs(t); len(names) != 3 {
		t.Errorf("in the bucket lie %v", names)
	}
	cut := io.MultiReader(long(12<<20), broken{io.ErrUnexpectedEOF})
	if err := files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), c.incoming(), cut); !errors.Is(err, io.ErrUnexpectedEOF) || len(c.list(t)) != 2 {
		t.Errorf("a file cut off: %v, %d files", err, len(c.list(t)))
	}
	must(t, os.Remove(filepath.Join(root, files.Place(c.Tenant, c.unlock(t, row)))))
	c.fails(t, "gone from the bucket", c.unlock(t, row), c.Keys, files.ErrLost)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	other, err := files.OpenShelf(t.Context(), address)
	must(t, err)
	if err := files.Add(t.Context(), files.Deps{Store: c.env.Store, Shelf: other}, c.Keys, c.who(), id.New(), c.incoming(), strings.NewReader(letter)); !errors.Is(err, files.ErrUnavailable) {
		t.Errorf("with a wrong secret: %v", err)
	}
}

// s3Server starts a server with one bucket, and gives the address of that and the folder it lies in.
func s3Server(t *testing.T) (address, root string) {
	t.Helper()
	dir := t.TempDir()
	root = filepath.Join(dir, "clinicfiles")
	must(t, os.Mkdir(root, 0o700))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	at := ln.Addr().String()
	must(t, ln.Close())
	t.Setenv("AWS_ACCESS_KEY_ID", "paddock")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "not a secret")
	tool, err := filepath.Abs("../../tools/run")
	must(t, err)
	cmd := exec.CommandContext(t.Context(), tool, "versitygw", "--port", at, "--access", "paddock", "--secret", "not a secret", "--quiet", "posix", "--sidecar", t.TempDir(), dir)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { <-ended }) // it was told to end by the test's context
	for range 1200 {              // the first time it is built
		r, err := http.Get("http://" + at + "/")
		if err == nil {
			_ = r.Body.Close()
			return "s3://clinicfiles?region=us-east-1&endpoint=http://" + at + "&use_path_style=true&disable_https=true", root
		}
		select {
		case <-ended:
			t.Fatal("the server for S3 ended by itself")
		case <-time.After(250 * time.Millisecond):
		}
	}
	t.Fatal("the server for S3 did not start")
	return "", ""
}
