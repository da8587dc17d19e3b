package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"syncer/internal/xvidtest"
)

// hostile are texts that would take over a page which forgot to escape one of them.
var hostile = []string{
	`</script><script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`,
	`"><svg onload=alert(1)>`,
	"{a|{b}}{{.}}%s${1}' onclick=alert(1) \u202egnp.\x00\x1b[2J\u2028",
}

// leaks is a world with hostile texts among the others, and countries that no map has.
func leaks(t *testing.T, p *program) {
	t.Helper()
	now := time.Now().Add(-time.Hour)
	p.world.Insert(xvidtest.Generate(1, 400, xvidtest.GenerateOptions{End: now})...)
	for i, text := range hostile {
		b := xvidtest.Generate(uint64(100+i), 1, xvidtest.GenerateOptions{End: now})[0]
		at := now.UnixMilli()
		b.Status, b.InputName, b.FileID, b.CreatedAt, b.UpdatedAt = "SUCCESS", "uploads/"+text, text, at, at
		b.ExtractedData = []xvidtest.Extracted{{AutographTag: text}}
		for n := range 400 - i { // so that they come first
			access := xvidtest.Access{
				IPAddress: strings.Repeat("a", n%90+1) + text, IPCountry: text, IPType: text, UserAgent: text, AcceptLanguage: text,
				PercentageObtained: "100%", HighestResolution: "1080p", StreamingOnly: "no", FirstAccessedAt: new(at - int64(n)*3_600_000),
			}
			if n%4 > 0 {
				access.IPCountry = []string{"", "Singapore", "Atlantis", "Estonia"}[n%4]
			}
			b.ExtractedData[0].AccessStats = append(b.ExtractedData[0].AccessStats, access)
		}
		p.world.Insert(b)
	}
}

// The page is drawn on every screen, quietly, legibly, and with the figures of SQL;
// it follows when its screen turns dark or small.
func TestReport(t *testing.T) {
	browser := newBrowser(t)
	p := newProgram(t)
	leaks(t, p)
	page := open(t, browser, p.report(t, "--since", "90d"), screens[0])
	for _, on := range screens {
		t.Run(on.name, func(t *testing.T) {
			page.turn(t, on)
			page.photograph(t, on.name)
			page.drawn(t)
			page.accessible(t)
			page.fits(t)
		})
	}
	t.Run("figures", func(t *testing.T) { page.equalsSQL(t, p) })
	t.Run("hostile", page.inert)
	t.Run("quiet", page.quiet)
	t.Run("policy", page.forbids) // the last, since the console tells what it forbids
}

// A mirror with next to nothing in it gives a page too.
func TestReportOfLittle(t *testing.T) {
	browser := newBrowser(t)
	p := newProgram(t)
	for _, records := range []string{"none", "one"} {
		t.Run(records, func(t *testing.T) {
			if records == "one" {
				p.world.Insert(xvidtest.Samples()[0])
			}
			page := open(t, browser, p.report(t, "--since", "1970-01-01"), screens[2])
			page.photograph(t, records)
			page.accessible(t)
			page.fits(t)
			page.equalsSQL(t, p)
			page.quiet(t)
			if shapes := evaluate[int](t, page, `document.querySelectorAll('#map svg path').length`); shapes < 170 {
				t.Errorf("the map has %d shapes", shapes)
			}
		})
	}
}

// photograph keeps a picture of the page for people, where one is asked for.
func (p *tab) photograph(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("BROWSERTEST_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}

// drawn fails if a chart is not there, or shows nothing.
func (p *tab) drawn(t *testing.T) {
	t.Helper()
	type drawing struct{ Shapes, Shaded, Dots, Bars, Marks int }
	got := evaluate[drawing](t, p, `(() => {
		const style = getComputedStyle(document.documentElement);
		const normal = (colour) => { const e = document.createElement('i'); e.style.color = colour; document.body.append(e); const c = getComputedStyle(e).color; e.remove(); return c; };
		const shades = new Set([1, 2, 3, 4, 5].map((n) => normal(style.getPropertyValue('--shade' + n))));
		const paths = (id) => [...document.querySelectorAll('#' + id + ' svg path')].filter((path) => path.getBBox().width > 0);
		const shaded = paths('map').filter((path) => shades.has(normal(path.getAttribute('fill'))));
		const ringed = (path) => path.getAttribute('stroke') && normal(path.getAttribute('stroke')) === normal(style.getPropertyValue('--ink'));
		return {
			Shapes: paths('map').length, Shaded: shaded.filter((path) => !ringed(path)).length, Dots: shaded.filter(ringed).length,
			Bars: paths('line').length, Marks: paths('spread').length,
		};
	})()`)
	wanted := evaluate[drawing](t, p, `(() => {
		const { map } = JSON.parse(document.getElementById('drawing').textContent);
		const shapes = new Set(JSON.parse(document.getElementById('world').textContent).features.map((shape) => shape.properties.name));
		return { Shaded: map.filter((spot) => shapes.has(spot.code)).length, Dots: map.filter((spot) => !shapes.has(spot.code)).length };
	})()`)
	// Five shades stand in the legend as well.
	if got.Shapes < 170 || wanted.Shaded < 15 || got.Shaded < wanted.Shaded || got.Shaded > wanted.Shaded+5 {
		t.Errorf("the map has %d shapes, of which %d are shaded; want 170 or more, and %d with the legend's 5", got.Shapes, got.Shaded, wanted.Shaded)
	}
	if wanted.Dots < 1 || got.Dots != wanted.Dots {
		t.Errorf("the map has %d dots, want %d", got.Dots, wanted.Dots)
	}
	if got.Bars < 90 || got.Marks < 3 {
		t.Errorf("the time line has %d shapes, the spread %d", got.Bars, got.Marks)
	}
}

// inert fails if a text of a stranger became more than a text.
func (p *tab) inert(t *testing.T) {
	t.Helper()
	type found struct {
		Scripts, Strangers, Handlers int
		Shown                        bool
	}
	got := evaluate[found](t, p, `({
		Scripts: document.scripts.length,
		Strangers: document.querySelectorAll('img, iframe, object, embed, form, [src], body link, body style, body meta').length,
		Handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
		Shown: document.getElementById('tags').textContent.includes('</script><script>alert(1)</script>'),
	})`)
	if want := (found{Scripts: 4, Shown: true}); got != want {
		t.Errorf("hostile texts: %+v, want %+v", got, want)
	}
}

// fits fails if the page is wider than its screen.
func (p *tab) fits(t *testing.T) {
	t.Helper()
	if over := evaluate[int](t, p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("the page is %d pixels wider than the screen", over)
	}
}

// forbids fails if the page's policy lets anything in that is not the page's own.
func (p *tab) forbids(t *testing.T) {
	t.Helper()
	refused := func(action string) string {
		return `new Promise((done) => {
			document.addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective), { once: true });
			setTimeout(() => done('nothing'), 10000);
			` + action + `
		})`
	}
	for directive, action := range map[string]string{
		"connect-src":     `fetch('http://127.0.0.1:9/').catch(() => {});`,
		"img-src":         `new Image().src = 'http://127.0.0.1:9/x.png';`,
		"script-src-elem": `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.taken = true' }));`,
		"style-src-elem":  `document.body.append(Object.assign(document.createElement('style'), { textContent: 'body { display: none }' }));`,
		"script-src-attr": `const div = document.createElement('div'); document.body.append(div); div.innerHTML = '<p onclick="1">'; div.firstChild.click();`,
		"form-action":     `const form = document.createElement('form'); form.action = 'http://127.0.0.1:9/'; document.body.append(form); form.submit();`,
	} {
		if got := evaluate[string](t, p, refused(action)); got != directive {
			t.Errorf("the policy refused %s, want %s, to %s", got, directive, action)
		}
	}
}

// equalsSQL fails unless every figure of the page is what `syncer query` says.
func (p *tab) equalsSQL(t *testing.T, program *program) {
	t.Helper()
	since := "since=" + evaluate[string](t, p, `document.querySelector('header .period').dataset.since`)
	step := "step=" + evaluate[string](t, p, `document.getElementById('timeline').dataset.step`)
	top := "limit=10"
	analyses := map[string][]map[string]string{
		"countries":   program.query(t, "leaks_by_country", since, "limit=1000"),
		"timeline":    program.query(t, "countries_over_time", since, step, "countries=5"),
		"tags":        program.query(t, "leaks_by_tag", since, top),
		"titles":      program.query(t, "leaks_by_title", since, top),
		"offenders":   program.query(t, "repeat_offenders", since, top),
		"ways":        program.query(t, "streaming_or_download", since),
		"resolutions": program.query(t, "resolutions", since),
	}
	if worst := analyses["tags"]; len(worst) > 0 {
		spread := "step=" + evaluate[string](t, p, `document.getElementById('course').dataset.step`)
		analyses["course"] = program.query(t, "tag_spread", since, spread, "tag="+worst[0]["tag"])
		p.equalsTotals(t, "#h-worst ~ .totals", worst[0])
	}
	p.equalsTotals(t, "#h-totals ~ .totals", program.query(t, "overview", since)[0])
	for id, want := range analyses {
		got := evaluate[[]map[string]string](t, p, `(() => {
			const table = document.getElementById('`+id+`');
			const columns = [...table.querySelectorAll('th')].map((th) => th.dataset.column);
			return [...table.querySelectorAll('tbody tr')].filter((tr) => !tr.querySelector('.nothing'))
				.map((tr) => Object.fromEntries([...tr.cells].map((td, i) => [columns[i], td.dataset.value])));
		})()`)
		if len(got) != len(want) {
			t.Errorf("%s: %d rows, want %d", id, len(got), len(want))
			continue
		}
		for i := range got {
			for column := range got[i] {
				if diff := cmp.Diff(legible(want[i][column]), got[i][column]); diff != "" {
					t.Errorf("%s, row %d, %s (-SQL +page):\n%s", id, i, column, diff)
				}
			}
		}
	}
}

// legible is what the page makes of a text that could drive it.
func legible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func (p *tab) equalsTotals(t *testing.T, selector string, want map[string]string) {
	t.Helper()
	got := evaluate[map[string]string](t, p, `Object.fromEntries([...document.querySelectorAll('`+selector+` [data-total]')].map((b) => [b.dataset.total, b.dataset.value]))`)
	if len(got) < 5 {
		t.Errorf("%s has %d figures", selector, len(got))
	}
	for name, value := range got {
		if value != want[name] {
			t.Errorf("%s: %s is %s, SQL says %q", selector, name, value, want[name])
		}
	}
}
