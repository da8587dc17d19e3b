// Package browsertest looks at what people see of syncer in a real browser. It is a
// module of its own, so that the browser's driver is no dependency of syncer.
package browsertest

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds all that a test does with its browser; the machine may be busy.
const patience = 9 * time.Minute

// newBrowser starts Chromium, once for all tabs of a test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on the PATH: `make browser` installs Debian's")
	}
	bounded, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.DisableGPU,
		chromedp.Headless, chromedp.WSURLReadTimeout(patience), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	allocated, cancelAllocator := chromedp.NewExecAllocator(bounded, options...)
	t.Cleanup(cancelAllocator)
	browser, cancelBrowser := chromedp.NewContext(allocated)
	t.Cleanup(cancelBrowser)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return browser
}

// screen is what a page is shown on.
type screen struct {
	name          string
	width, height int64
	phone, dark   bool
}

var screens = []screen{
	{name: "desktop-light", width: 1280, height: 900},
	{name: "desktop-dark", width: 1280, height: 900, dark: true},
	{name: "phone-light", width: 390, height: 844, phone: true},
	{name: "phone-dark", width: 390, height: 844, phone: true, dark: true},
}

// tab is a page in the browser, with what it complained of and asked the network for.
type tab struct {
	context.Context

	mu       stdsync.Mutex
	console  []string
	requests []string
}

// open shows a file on a screen.
func open(t *testing.T, browser context.Context, path string, on screen) *tab {
	t.Helper()
	page := new(tab)
	var cancel context.CancelFunc
	page.Context, cancel = chromedp.NewContext(browser, chromedp.WithListener(page.listen))
	t.Cleanup(cancel)
	page.do(t)
	call(t, page, network.Enable, network.EnableParams{})
	call(t, page, log.Enable, cdp.Empty{})
	call(t, page, runtime.Enable, cdp.Empty{})
	page.show(t, on)
	page.do(t, chromedp.Navigate("file://"+path))
	if drawn := evaluate[string](t, page, `document.documentElement.dataset.drawn ?? ''`); drawn == "" {
		page.quiet(t)
		t.Fatal("the page's script did not come to its end")
	}
	return page
}

// show makes the screen what it is to be.
func (p *tab) show(t *testing.T, on screen) {
	t.Helper()
	colours := "light"
	if on.dark {
		colours = "dark"
	}
	call(t, p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: on.width, Height: on.height, DeviceScaleFactor: 1, Mobile: on.phone,
	})
	call(t, p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}},
	})
}

// turn puts an open page on another screen, and waits until it has noticed.
func (p *tab) turn(t *testing.T, on screen) {
	t.Helper()
	p.show(t, on)
	settled := evaluate[bool](t, p, `new Promise((done) => {
		const follows = () => {
			const svg = document.querySelector('#map svg');
			const dark = matchMedia('(prefers-color-scheme: dark)').matches;
			return innerWidth === `+fmt.Sprint(on.width)+` && dark === `+fmt.Sprint(on.dark)+`
				&& svg.clientWidth === document.getElementById('map').clientWidth && document.documentElement.dataset.drawn === (dark ? 'dark' : 'light');
		};
		const look = (left) => (follows() || left === 0 ? done(left > 0) : setTimeout(look, 50, left - 1));
		look(600);
	})`)
	if !settled {
		t.Fatalf("the page does not follow to %+v", on)
	}
}

func (p *tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		words := []string{string(event.Type)}
		for _, arg := range event.Args {
			words = append(words, string(arg.Value), arg.Description)
		}
		p.console = append(p.console, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		text := event.ExceptionDetails.Text
		if thrown := event.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		p.console = append(p.console, text)
	case *log.EventEntryAdded:
		p.console = append(p.console, fmt.Sprintf("%s: %s", event.Entry.Level, event.Entry.Text))
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, event.Request.URL)
	}
}

func (p *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p, steps...); err != nil {
		t.Fatal(err)
	}
}

// call sends a command of the DevTools protocol.
func call[P, R any](t *testing.T, p *tab, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(p, command, params); err != nil {
		t.Fatal(err)
	}
}

// evaluate runs a script in the page and gives what it, or its promise, returned.
func evaluate[T any](t *testing.T, p *tab, script string) T {
	t.Helper()
	result, err := chromedp.Run(p, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// quiet fails if the page complained, or asked for anything but itself.
func (p *tab) quiet(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range p.console {
		t.Errorf("the console says: %s", line)
	}
	if len(p.requests) == 0 {
		t.Error("not even the page itself was asked for: the test sees no requests")
	}
	for i, url := range p.requests {
		if i > 0 && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asks for %s", url)
		}
	}
}
