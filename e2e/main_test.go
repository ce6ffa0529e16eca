// Package e2e drives a real browser against the whole product: a server on the loopback, PostgreSQL
// below it, and pages at http://<clinic>.localhost. It tests what only a browser can tell: that pages
// work by keyboard alone and without script, that axe-core finds no fault, that policy stops what should
// not run, and that nothing typed is lost.
//
// PADDOCK_BROWSER names the browser; where it is unset, Chromium is looked for. With "none" the tests
// are left out, which CI=true makes a failure. PADDOCK_SHOTS names a folder for pictures of every page.
package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is the one browser process; each test opens windows of its own in it, with cookies of
// their own.
var chromium context.Context

func TestMain(m *testing.M) {
	path, sentence := browser()
	if path == "" {
		fmt.Fprintln(os.Stderr, "NO BROWSER: the browser tests are left out, "+sentence)
		if os.Getenv("CI") == "true" {
			fmt.Fprintln(os.Stderr, "CI=true: the browser tests must run here")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(drive(m, path))
}

// browser is the program to drive, or why there is none.
func browser() (path, sentence string) {
	switch named := os.Getenv("PADDOCK_BROWSER"); named {
	case "none":
		return "", "as PADDOCK_BROWSER=none asks"
	case "":
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
			if path, err := exec.LookPath(name); err == nil {
				return path, ""
			}
		}
		return "", "no Chromium is installed"
	default:
		return named, ""
	}
}

func drive(m *testing.M, path string) int {
	profile, err := os.MkdirTemp("", "paddock-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(profile)
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		// Each window would bring two hidden pages of the browser's own for its address bar, and a process kept ready.
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(desk.width, desk.height),
	)
	ctx, end := chromedp.NewExecAllocator(context.Background(), flags...)
	defer end()
	ctx, shut := chromedp.NewContext(ctx)
	defer shut()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, cmp.Or(err.Error(), "no reason given")+": the browser "+path+" does not start")
		return 1
	}
	chromium = ctx
	status := m.Run()
	closeSite()
	return status
}
