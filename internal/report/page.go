package report

import (
	"fmt"
	"strings"
	"time"
)

// page is what the template shows.
type page struct {
	Period, Made, Version string
	Since                 string // for the parameter of an analysis
	Fresh                 freshness
	Totals                []total
	Unmapped              string // what is said under the map; "" if all countries are on it
	MapLabel, LineLabel   string // the charts in words
	Step                  step

	Countries, Timeline, Tags, Titles, Offenders, Ways, Resolutions table
	Worst                                                           *worst // nil if nobody leaked

	Drawing drawing
}

// total is a figure of the head.
type total struct {
	Name, Label string
	Value       float64
	Text, Note  string
}

// worst is the tag that was opened from the most addresses.
type worst struct {
	Tag, Label string
	Totals     []total
	Course     table
}

func newPage(f *findings, version string) *page {
	all := f.overview.row(0)
	p := &page{
		Period:  moment(f.since) + " – " + moment(f.now) + " UTC",
		Since:   f.since.Format(time.DateTime),
		Made:    moment(f.now),
		Version: version,
		Fresh:   newFreshness(f.freshness.row(0)),
		Totals:  totals(all),
		Step:    f.step,
	}
	if f.since.Unix() == 0 {
		p.Period = "all time, until " + moment(f.now) + " UTC"
	}
	p.tables(f)
	var unmapped []string
	p.Drawing.Map, unmapped = f.spots()
	p.Drawing.Timeline, p.Drawing.Spread = f.line(), f.course()
	p.Unmapped = f.offTheMap(p.Drawing.Map, unmapped)
	p.MapLabel = mapLabel(p.Drawing.Map)
	p.LineLabel = lineLabel(f, p.Drawing.Timeline)
	p.Worst = newWorst(f)
	return p
}

func totals(all row) []total {
	accesses := all.number("accesses")
	made := []total{
		{Name: "accesses", Label: "Accesses", Note: "to leaked copies"},
		{Name: "tags", Label: "Viewers", Note: "whose tagged copies leaked"},
		{Name: "titles", Label: "Titles", Note: "opened outside"},
		{Name: "countries", Label: "Countries", Note: "in which they were opened"},
		{Name: "addresses", Label: "Addresses", Note: "that opened them"},
		{Name: "complete", Label: "Complete", Note: percent(all.number("complete"), accesses) + " took the whole video"},
	}
	for i := range made {
		made[i].Value = all.number(made[i].Name)
		made[i].Text = grouped(made[i].Value)
	}
	return made
}

func (p *page) tables(f *findings) {
	accesses := column{Name: "accesses", Title: "Accesses", Number: true, Bar: true}
	viewers := column{Name: "tags", Title: "Viewers", Number: true}
	titles := column{Name: "titles", Title: "Titles", Number: true}
	countries := column{Name: "countries", Title: "Countries", Number: true}
	share := column{Name: "share", Title: "Share, %", Number: true}
	p.Countries = newTable("countries", "Accesses by country", f.countries,
		column{Name: "country", Title: "Country"}, accesses, viewers, titles, share)
	if known := f.overview.row(0).number("countries"); known > maxCountries {
		p.Countries.Caption += fmt.Sprintf(" (%s of %s countries)", grouped(maxCountries), grouped(known))
	}
	p.Timeline = newTable("timeline", "Accesses by country and "+string(f.step), f.timeline,
		column{Name: "start", Title: "From"}, column{Name: "country", Title: "Country"}, accesses, viewers)
	p.Timeline.Step = f.step
	p.Tags = newTable("tags", "Viewers whose copies were opened from the most addresses", f.tags,
		column{Name: "tag", Title: "Tag"}, column{Name: "addresses", Title: "Addresses", Number: true, Bar: true},
		column{Name: "accesses", Title: "Accesses", Number: true}, countries, titles, column{Name: "hours", Title: "Hours", Number: true})
	p.Titles = newTable("titles", "Titles with the most accesses", f.titles,
		column{Name: "title", Title: "Title", Code: true}, column{Name: "found_as", Title: "Last found as"}, accesses, viewers, countries)
	p.Offenders = newTable("offenders", "Viewers whose copies of several titles leaked", f.offenders,
		column{Name: "tag", Title: "Tag"}, column{Name: "titles", Title: "Titles", Number: true, Bar: true},
		column{Name: "backtraces", Title: "Copies", Number: true}, column{Name: "accesses", Title: "Accesses", Number: true},
		column{Name: "last_traced", Title: "Last traced"})
	p.Ways = newTable("ways", "Streamed or downloaded", f.ways,
		column{Name: "way", Title: "Way"}, accesses, share, column{Name: "complete", Title: "Complete", Number: true})
	p.Resolutions = newTable("resolutions", "Highest resolution taken", f.resolutions,
		column{Name: "lines", Title: "Lines"}, accesses, share, column{Name: "complete", Title: "Complete", Number: true})
}

// offTheMap says what the map does not show.
func (f *findings) offTheMap(mapped []spot, names []string) string {
	if len(names) == 0 {
		return ""
	}
	const named = 5
	all := f.overview.row(0).number("accesses")
	missing := all
	for _, one := range mapped {
		missing -= one.Accesses
	}
	listed := strings.Join(names[:min(named, len(names))], ", ")
	switch more := len(names) - named; {
	case len(f.countries.Rows) == maxCountries:
		listed += " and many more"
	case more > 0:
		listed += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("Not on the map: %s (%s of all) from %s.", count(missing, "access", "accesses"), percent(missing, all), listed)
}

func mapLabel(spots []spot) string {
	if len(spots) == 0 {
		return "World map of accesses: none."
	}
	var words []string
	for _, one := range spots[:min(3, len(spots))] {
		words = append(words, one.Name+" ("+grouped(one.Accesses)+")")
	}
	return fmt.Sprintf("World map of accesses in %s; most in %s.", count(float64(len(spots)), "country", "countries"), strings.Join(words, ", "))
}

func lineLabel(f *findings, line timeline) string {
	best, at := 0.0, ""
	for i, step := range line.Steps {
		sum := 0.0
		for _, one := range line.Series {
			sum += one.Values[i]
		}
		if sum > best {
			best, at = sum, step
		}
	}
	if at == "" {
		return "Accesses over time: none."
	}
	return fmt.Sprintf("Accesses by %s; most, %s, in the %s from %s.", f.step, grouped(best), f.step, at)
}

func newWorst(f *findings) *worst {
	if f.spread == nil {
		return nil
	}
	first := f.tags.row(0)
	w := &worst{Tag: legible(first.text("tag"))}
	for _, name := range []string{"addresses", "countries", "accesses", "titles", "hours"} {
		one := total{Name: name, Label: strings.ToUpper(name[:1]) + name[1:], Value: first.number(name), Text: grouped(first.number(name))}
		w.Totals = append(w.Totals, one)
	}
	w.Label = fmt.Sprintf("How the copy of %s spread: opened from %s in %s within %s.", w.Tag,
		count(first.number("addresses"), "address", "addresses"), count(first.number("countries"), "country", "countries"), span(first.number("hours")))
	w.Course = newTable("course", "How the leak went on, by "+string(f.spreadStep), f.spread,
		column{Name: "start", Title: "From"}, column{Name: "accesses", Title: "Accesses", Number: true},
		column{Name: "addresses", Title: "Addresses so far", Number: true, Bar: true},
		column{Name: "countries", Title: "Countries so far", Number: true}, column{Name: "new_countries", Title: "New countries"})
	w.Course.Step = f.spreadStep
	return w
}
