package report

// header has the period, the freshness and the figures that sum all up.
func (d *document) header(p *page) {
	d.put(`<header>
<h1>Leak report</h1>
<p class="period" data-since="%s">%s</p>
<div class="fresh %s" id="freshness"><p><b>%s.</b>`, p.Since, p.Period, p.Fresh.State, p.Fresh.Text)
	for _, note := range p.Fresh.Notes {
		d.put(" %s", note)
	}
	d.put("</p></div>\n</header>\n")
}

func (d *document) where(p *page) {
	d.put("<section aria-labelledby=\"h-totals\">\n<h2 id=\"h-totals\" class=\"unseen\">At a glance</h2>\n")
	d.totals(p.Totals)
	d.put("</section>\n")
	d.begin("map", "Where they were opened", "card wide")
	d.put("<div class=\"map\">\n")
	d.figure("map", p.MapLabel, func() {
		if p.Unmapped != "" {
			d.put(`<span id="unmapped">%s</span> `, p.Unmapped)
		}
		d.put("Countries too small for the map are dots. Behind a VPN or in a data centre, a country is theirs and not the viewer’s.")
	})
	d.table(&p.Countries)
	d.put("</div>\n</section>\n")
}

func (d *document) when(p *page) {
	d.begin("line", "When", "card wide")
	d.figure("line", p.LineLabel, func() { d.put("Accesses by the %s of their first access, UTC.", p.Step) })
	d.details(&p.Timeline)
	d.put("</section>\n")
}

func (d *document) worst(w *worst) {
	d.begin("worst", "The worst leak: "+w.Tag, "card wide")
	d.totals(w.Totals)
	d.figure("spread", w.Label, func() { d.put("%s A mark is a country in which it was opened for the first time.", w.Label) })
	d.details(&w.Course)
	d.put("</section>\n")
}

// card is a section with tables.
func (d *document) card(id, title string, tables ...*table) {
	d.begin(id, title, "card")
	for _, t := range tables {
		d.table(t)
	}
	d.put("</section>\n")
}

func (d *document) begin(id, title, class string) {
	d.put("<section class=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", class, id, id, title)
}

// figure is a place for a chart, with the chart in words.
func (d *document) figure(id, label string, caption func()) {
	d.put("<figure>\n<div id=\"%s\" class=\"chart\" role=\"img\" aria-label=\"%s\"></div>\n<figcaption>", id, label)
	caption()
	d.put("</figcaption>\n</figure>\n")
}

func (d *document) totals(totals []total) {
	d.put("<dl class=\"totals\">\n")
	for _, one := range totals {
		d.put("<div><dt>%s</dt><dd><b data-total=\"%s\" data-value=\"%s\">%s</b>", one.Label, one.Name, exact(one.Value), one.Text)
		if one.Note != "" {
			d.put("<small>%s</small>", one.Note)
		}
		d.put("</dd></div>\n")
	}
	d.put("</dl>\n")
}

func (d *document) details(t *table) {
	d.put("<details><summary>The figures</summary>\n")
	d.table(t)
	d.put("</details>\n")
}

func (d *document) table(t *table) {
	d.put("<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table id=\"%s\" data-step=\"%s\">\n<caption>%s</caption>\n<thead><tr>", t.Caption, t.ID, t.Step, t.Caption)
	for _, c := range t.Columns {
		d.put(`<th scope="col" class="%s" data-column="%s">%s</th>`, c.class(), c.Name, c.Title)
	}
	d.put("</tr></thead>\n<tbody>\n")
	for _, cells := range t.Rows {
		d.put("<tr>")
		for i, c := range cells {
			d.cell(t.Columns[i].class(), c)
		}
		d.put("</tr>\n")
	}
	if len(t.Rows) == 0 {
		d.put("<tr><td colspan=\"%v\" class=\"nothing\">%s</td></tr>\n", len(t.Columns), t.Empty)
	}
	d.put("</tbody>\n</table>\n</div>\n")
}

func (d *document) cell(class string, c cell) {
	// Texts run in their own direction, so that none turns its neighbours around.
	d.put(`<td class="%s" data-value="%s"><bdi>%s</bdi>`, class, c.Value, c.Text)
	if c.Bar > 0 {
		d.put(`<svg class="bar" aria-hidden="true"><rect width="%v%%" height="100%%"/></svg>`, c.Bar)
	}
	d.put("</td>")
}

func (d *document) footer(p *page) {
	d.put(`<footer>
<p>Made %s UTC by syncer %s from its mirror of the AutoGraph API. Figures are exact: <code>syncer query</code> gives the same. This page holds personal data, and loads nothing from elsewhere. Borders are Natural Earth’s.</p>
<details><summary>Licences of what this page contains</summary><pre>%s</pre></details>
</footer>
`, p.Made, p.Version, notice)
}
