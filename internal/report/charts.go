package report

import (
	"cmp"
	"slices"
)

// drawing is what the page's script draws; every figure of it stands in a table too.
type drawing struct {
	Map      []spot   `json:"map"`
	Timeline timeline `json:"timeline"`
	Spread   spread   `json:"spread"`
}

// spot is a country on the map.
type spot struct {
	Code      string  `json:"code"` // ISO 3166 alpha-2
	Name      string  `json:"name"`
	Accesses  float64 `json:"accesses"`
	Longitude float64 `json:"longitude"` // of its centre
	Latitude  float64 `json:"latitude"`
}

// timeline has a series a country, and a value a step.
type timeline struct {
	Steps  []string `json:"steps"`
	Series []series `json:"series"`
}

type series struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
	total  float64
}

// spread is how the worst leak went on.
type spread struct {
	Steps     []string  `json:"steps"`
	Addresses []float64 `json:"addresses"`
	Countries []float64 `json:"countries"`
	News      []string  `json:"news"` // countries that a step brought
}

// spots puts the countries on the map. Several names may belong to one.
func (f *findings) spots() (spots []spot, unmapped []string) {
	places := map[string]row{}
	for i := range f.places.Rows {
		place := f.places.row(i)
		places[place.text("name")] = place
	}
	spots = []spot{} // JSON's [], not null
	byCode := map[string]int{}
	for i := range f.countries.Rows {
		country := f.countries.row(i)
		place, known := places[country.text("country")]
		if !known {
			unmapped = append(unmapped, legible(country.text("country")))
			continue
		}
		code := place.text("code")
		at, seen := byCode[code]
		if !seen {
			at = len(spots)
			byCode[code] = at
			spots = append(spots, spot{
				Code: code, Name: legible(country.text("country")),
				Longitude: place.number("longitude"), Latitude: place.number("latitude"),
			})
		}
		spots[at].Accesses += country.number("accesses")
	}
	return spots, unmapped
}

// other is how countries_over_time calls all countries but the named.
const other = "(other)"

// line fills the steps without any access, which the analysis leaves out.
func (f *findings) line() timeline {
	t := timeline{Steps: []string{}, Series: []series{}}
	if len(f.timeline.Rows) == 0 {
		return t
	}
	first, _ := f.timeline.row(0).time("start")
	last, _ := f.timeline.row(len(f.timeline.Rows) - 1).time("start")
	if begin := f.step.start(f.begin()); begin.Before(first) {
		first = begin
	}
	if end := f.step.start(f.end()); end.After(last) {
		last = end
	}
	places := map[string]int{}
	for at := first; !at.After(last); at = f.step.next(at) {
		places[f.step.label(at)] = len(t.Steps)
		t.Steps = append(t.Steps, f.step.label(at))
	}
	byName := map[string]*series{}
	for i := range f.timeline.Rows {
		found := f.timeline.row(i)
		name := found.text("country")
		if byName[name] == nil {
			byName[name] = &series{Name: name, Values: make([]float64, len(t.Steps))}
		}
		start, _ := found.time("start")
		byName[name].Values[places[f.step.label(start)]] += found.number("accesses")
		byName[name].total += found.number("accesses")
	}
	for _, one := range byName {
		t.Series = append(t.Series, *one)
	}
	slices.SortFunc(t.Series, bySize)
	for i := range t.Series {
		t.Series[i].Name = legible(t.Series[i].Name)
	}
	return t
}

// bySize puts the largest first, and all others last.
func bySize(a, b series) int {
	switch {
	case a.Name == other:
		return 1
	case b.Name == other:
		return -1
	}
	return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.Name, b.Name))
}

func (f *findings) course() spread {
	var s spread
	if f.spread == nil {
		return s
	}
	for i := range f.spread.Rows {
		found := f.spread.row(i)
		start, _ := found.time("start")
		s.Steps = append(s.Steps, f.spreadStep.label(start))
		s.Addresses = append(s.Addresses, found.number("addresses"))
		s.Countries = append(s.Countries, found.number("countries"))
		s.News = append(s.News, found.text("new_countries"))
	}
	return s
}
