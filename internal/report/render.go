package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// The page's own parts, and those that internal/report/build makes of npm's packages.
var (
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
	//go:embed assets/charts.min.js
	chartsJS string
	//go:embed assets/world.json
	worldJSON string
	//go:embed assets/NOTICE.txt
	notice string
)

// policy lets the page run its own scripts and styles, and nothing else: no text of
// a stranger can become a script, and nothing can reach the network.
func policy() string {
	return fmt.Sprintf("default-src 'none'; script-src %s %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		source(chartsJS), source(pageJS), source(pageCSS))
}

// source names an element's content by its hash.
func source(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// render writes the page.
func render(to io.Writer, p *page) error {
	drawn, err := json.Marshal(p.Drawing) // escapes <, > and &, so that no text ends the element
	if err != nil {
		return fmt.Errorf("write what is drawn: %w", err)
	}
	d := new(document)
	d.put(head, policy(), p.Version, p.Period, markup(pageCSS))
	d.header(p)
	d.put("<main>\n")
	d.where(p)
	d.when(p)
	d.card("tags", "Who leaked the most", &p.Tags)
	d.card("titles", "What leaked the most", &p.Titles)
	if p.Worst != nil {
		d.worst(p.Worst)
	}
	d.card("offenders", "Repeat offenders", &p.Offenders)
	d.card("ways", "How it was taken", &p.Ways, &p.Resolutions)
	d.put("</main>\n")
	d.footer(p)
	d.put(scripts, markup(worldJSON), markup(drawn), markup(chartsJS), markup(pageJS))
	if _, err := d.WriteTo(to); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

const head = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="generator" content="syncer %s">
<link rel="icon" href="data:,">
<title>Leak report, %s</title>
<style>%s</style>
</head>
<body>
`

const scripts = `<script type="application/json" id="world">%s</script>
<script type="application/json" id="drawing">%s</script>
<script>%s</script>
<script>%s</script>
</body>
</html>
`
