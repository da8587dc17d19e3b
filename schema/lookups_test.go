package schema_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"syncer/internal/countries"
	"syncer/internal/device"
	"syncer/schema"
)

// fill fills the lookups and refreshes.
func fill(tb testing.TB, mirror *schema.Mirror) {
	tb.Helper()
	if _, err := mirror.FillLookups(tb.Context(), true); err != nil {
		tb.Fatal(err)
	}
	if err := mirror.Refresh(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// accesses is a reading with an access for each name and agent.
func accesses(id string, countryNames, agents []string) schema.Backtrace {
	b := row(id, 1, max(len(countryNames), len(agents)))
	for i := range b.Access {
		b.Access[i].IPCountry = ""
		if i < len(countryNames) {
			b.Access[i].IPCountry = countryNames[i]
		}
		if i < len(agents) {
			b.Access[i].UserAgent = agents[i]
		}
	}
	return b
}

// lines gives a query's one column of texts.
func lines(tb testing.TB, mirror *schema.Mirror, query string) []string {
	tb.Helper()
	var rows []struct {
		Line string `ch:"line"`
	}
	if err := mirror.Conn().Select(tb.Context(), &rows, query); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	var found []string
	for _, one := range rows {
		found = append(found, one.Line)
	}
	return found
}

func TestCountryCodes(t *testing.T) {
	mirror := open(t)
	names := [][2]string{
		{"Estonia", "EE"},
		{"estonia", "EE"},
		{"  ESTONIA ", "EE"},
		{"Korea, Republic of", "KR"},
		{"Korea (Republic of)", "KR"},
		{"Republic of Korea", "KR"},
		{"South Korea", "KR"},
		{"Korea, Democratic People's Republic of", "KP"},
		{"Viet Nam", "VN"},
		{"Vietnam", "VN"},
		{"Côte d'Ivoire", "CI"},
		{"Cote D’Ivoire", "CI"},
		{"Co\u0302te d'Ivoire", "CI"}, // the accent a character of its own
		{"Ivory Coast", "CI"},
		{"Russian Federation", "RU"},
		{"Russia", "RU"},
		{"Türkiye", "TR"},
		{"TÜRKİYE", "TR"},
		{"Turkey", "TR"},
		{"Taiwan, Province of China", "TW"},
		{"Taiwan (Province of China)", "TW"},
		{"China", "CN"},
		{"Kosovo", "XK"},
		{"United States of America", "US"},
		{"United States", "US"},
		{"USA", "US"},
		{"U.S.A.", "US"},
		{"UK", "GB"},
		{"United Kingdom of Great Britain and Northern Ireland", "GB"},
		{"Czech Republic", "CZ"},
		{"Czechia", "CZ"},
		{"Iran, Islamic Republic of", "IR"},
		{"Iran (Islamic Republic of)", "IR"},
		{"Moldova, Republic of", "MD"},
		{"Tanzania, United Republic of", "TZ"},
		{"Venezuela, Bolivarian Republic of", "VE"},
		{"Venezuela (Bolivarian Republic of)", "VE"},
		{"Bolivia, Plurinational State of", "BO"},
		{"Lao People's Democratic Republic", "LA"},
		{"Syrian Arab Republic", "SY"},
		{"Libyan Arab Jamahiriya", "LY"},
		{"Brunei Darussalam", "BN"},
		{"Réunion", "RE"},
		{"Åland Islands", "AX"},
		{"Curaçao", "CW"},
		{"Bosnia & Herzegovina", "BA"},
		{"St. Kitts & Nevis", "KN"},
		{"Saint Barthelemy", "BL"},
		{"Congo, The Democratic Republic of the", "CD"},
		{"DR Congo", "CD"},
		{"Congo - Kinshasa", "CD"},
		{"Congo", "CG"},
		{"Holy See (Vatican City State)", "VA"},
		{"Holy See", "VA"},
		{"Palestinian Territory, Occupied", "PS"},
		{"Palestine, State of", "PS"},
		{"Macedonia, the Former Yugoslav Republic of", "MK"},
		{"Swaziland", "SZ"},
		{"Cabo Verde", "CV"},
		{"Burma", "MM"},
		{"Timor-Leste", "TL"},
		{"East Timor", "TL"},
		{"The Netherlands", "NL"},
		{"Gambia, The", "GM"},
		{"Hong Kong", "HK"},
		{"Macao", "MO"},
		{"Micronesia, Federated States of", "FM"},
		{"Virgin Islands, U.S.", "VI"},
		{"Virgin Islands, British", "VG"},
		{"Bonaire, Saint Eustatius and Saba", "BQ"},
		{"Saint Martin (French part)", "MF"},
		{"Sint Maarten (Dutch part)", "SX"},
		{"Falkland Islands (Malvinas)", "FK"},
		{"Niger", "NE"},
		{"Nigeria", "NG"},
		{"Guinea-Bissau", "GW"},
		// No country of the list, or not one alone.
		{"", ""},
		{"Atlantis", ""},
		{"Virgin Islands", ""},
		{"Anonymous Proxy", ""},
		{"UNK", ""},
		{"\xff\xfe Estonia of bytes", ""},
		{strings.Repeat("a", 100_000), ""},
	}
	all, err := countries.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, country := range all {
		for _, name := range country.Names {
			names = append(names, [2]string{name, country.Alpha2})
		}
	}
	var free []string
	for _, one := range names {
		free = append(free, one[0])
	}
	insert(t, mirror, accesses("a", free, nil))
	fill(t, mirror)
	for _, relation := range []string{"access_stats", "access_stats_live"} {
		got := lines(t, mirror, "SELECT ip_country_code AS line FROM "+relation+" ORDER BY access_index SETTINGS join_use_nulls = 1")
		if len(got) != len(names) {
			t.Fatalf("%s: %d rows, want %d", relation, len(got), len(names))
		}
		for i, one := range names {
			if got[i] != one[1] {
				t.Errorf("%s: %.60q is %q, want %q", relation, one[0], got[i], one[1])
			}
		}
	}
	if n := number(t, mirror, "SELECT count() FROM countries WHERE country_code IN (SELECT country_code FROM country_names)"); n != uint64(len(all)) {
		t.Errorf("%d countries with names, want %d", n, len(all))
	}
	if got := lines(t, mirror, "SELECT concat(country_code3, ' ', name, ' ', region, ' ', toString(latitude), ' ', toString(longitude)) AS line FROM countries WHERE country_code = 'EE'"); !slices.Equal(got, []string{"EST Estonia Europe 59 26"}) {
		t.Errorf("Estonia: %q", got)
	}
}

func TestDevices(t *testing.T) {
	mirror := open(t)
	agents := []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
		"curl/8.5.0", "", "\xff\xfe\x00", strings.Repeat("Mozilla/5.0 (Linux; Android 9) Mobile ", 30_000), // a megabyte
	}
	insert(t, mirror, accesses("a", nil, agents))
	fill(t, mirror)
	var want []string
	for _, agent := range agents {
		parsed := device.Parse(agent)
		want = append(want, fmt.Sprintf("%s/%s/%s", parsed.Browser, parsed.OperatingSystem, parsed.Kind))
	}
	if want[0] != "Chrome/Windows/desktop" || want[1] != "curl//bot" || want[2] != "//unknown" || !strings.HasSuffix(want[4], "/Android/phone") {
		t.Errorf("parsed: %q", want)
	}
	for _, relation := range []string{"access_stats", "access_stats_live"} {
		got := lines(t, mirror, "SELECT concat(browser, '/', operating_system, '/', device_kind) AS line FROM "+relation+" ORDER BY access_index SETTINGS join_use_nulls = 1")
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", relation, got, want)
		}
	}
}

// More agents than one batch takes; each is parsed once.
func TestManyAgents(t *testing.T) {
	mirror := open(t)
	var agents []string
	for i := range 12_000 {
		agents = append(agents, fmt.Sprintf("player%d/1.0", i))
	}
	insert(t, mirror, accesses("a", nil, agents), accesses("b", nil, agents))
	fill(t, mirror)
	if n := number(t, mirror, "SELECT uniqExact(browser) FROM access_stats"); n != 12_000 {
		t.Errorf("%d browsers, want 12,000", n)
	}
	if n := number(t, mirror, "SELECT count() FROM user_agents_store"); n != 12_000 {
		t.Errorf("%d agents parsed, want 12,000", n)
	}
}

// What is filled is filled once, by however many at once, and again where it is
// older than the program.
func TestFillLookups(t *testing.T) {
	mirror := open(t)
	insert(t, mirror, accesses("a", []string{"Estonia", "Viet Nam"}, []string{"curl/8.5.0"}))
	group, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		group.Go(func() error {
			_, err := mirror.FillLookups(ctx, true)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"SELECT toUInt64(count() - uniqExact(country_code)) FROM countries", "SELECT toUInt64(count() - uniqExact(folded)) FROM country_names"} {
		if n := number(t, mirror, query); n != 0 {
			t.Errorf("%s: %d doubles", query, n)
		}
	}
	expect := func(newRows, want bool) {
		t.Helper()
		if filled, err := mirror.FillLookups(t.Context(), newRows); err != nil || filled != want {
			t.Errorf("filled: %v, want %v; error %v", filled, want, err)
		}
	}
	expect(true, false)
	insert(t, mirror, accesses("b", nil, []string{"Wget/1.21.4"}))
	expect(false, false) // nobody says that there are new rows
	expect(true, true)
	expect(true, false)
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}

	// An older program filled it, with other answers.
	older := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if err := mirror.Conn().Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	older("TRUNCATE TABLE country_names_store", "TRUNCATE TABLE countries_store",
		"INSERT INTO country_names_store (name, country_code, version) VALUES ('Estonia', 'ZZ', 0), ('Gone', 'EE', 0)",
		"INSERT INTO countries_store (country_code, version) VALUES ('ZZ', 0)")
	expect(false, true)
	older("TRUNCATE TABLE user_agents_store",
		"INSERT INTO user_agents_store SELECT sipHash64('curl/8.5.0'), 'other', 'other', 'tv', 0")
	expect(false, true)
	fill(t, mirror)
	got := lines(t, mirror, "SELECT concat(ip_country_code, browser, device_kind) AS line FROM access_stats WHERE backtrace_id = 'a' ORDER BY access_index")
	if !slices.Equal(got, []string{"EEcurlbot", "VNunknown"}) {
		t.Errorf("%q", got)
	}
	if n := number(t, mirror, "SELECT count() FROM country_names WHERE name = 'Gone' OR country_code = 'ZZ'"); n != 0 {
		t.Error("a name of an older list is still shown")
	}

	// A newer program has filled it: this one leaves it alone.
	older("INSERT INTO country_names_store (name, country_code, version) VALUES ('Estonia', 'YY', 1000)",
		"INSERT INTO user_agents_store SELECT sipHash64('curl/8.5.0'), 'newer', 'newer', 'tv', 1000")
	expect(true, false)
	got = lines(t, mirror, "SELECT concat(ip_country_code, browser, device_kind) AS line FROM access_stats_live WHERE backtrace_id = 'a' ORDER BY access_index")
	if !slices.Equal(got, []string{"YYnewertv", "unknown"}) {
		t.Errorf("%q", got)
	}
}

// A mirror of an older program, with rows and no lookups, is right after a migration
// and one filling; until then its rows are all there.
func TestUpgradeFromStep4(t *testing.T) {
	target := options(t)
	old := migratedTo(t, target, 4)
	insert(t, old, accesses("a", []string{"Estonia", "Viet Nam", "Atlantis"}, []string{"curl/8.5.0"}))
	if err := old.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}

	if _, err := schema.Migrate(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	mirror := connect(t, target)
	// The program before, which may still run, stores and refreshes as it did.
	insert(t, old, accesses("b", []string{"Germany"}, nil))
	if err := old.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := number(t, mirror, "SELECT count() FROM access_stats"); n != 4 {
		t.Errorf("%d accesses after the migration, want 4", n)
	}
	if filled, err := mirror.FillLookups(t.Context(), false); err != nil || !filled {
		t.Fatalf("filled: %v, want true; error %v", filled, err)
	}
	if err := mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := lines(t, mirror, "SELECT concat(ip_country, '=', ip_country_code, ' ', device_kind) AS line FROM access_stats ORDER BY backtrace_id, access_index")
	if want := []string{"Estonia=EE bot", "Viet Nam=VN unknown", "Atlantis= unknown", "Germany=DE unknown"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// migratedTo gives a mirror at an earlier step, as a program of then left it.
func migratedTo(tb testing.TB, target schema.Options, version uint32) *schema.Mirror {
	tb.Helper()
	probe, err := schema.Probe(tb.Context(), target)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = probe.Close() }()
	database := target.ClickHouse.Auth.Database
	steps, err := schema.Migrations(database)
	if err != nil {
		tb.Fatal(err)
	}
	statements := []string{
		"CREATE DATABASE `" + database + "`",
		"CREATE TABLE `" + database + "`.schema_migrations (version UInt32, name String, applied_at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY version",
	}
	for _, step := range steps {
		if step.Version <= version {
			statements = append(statements, step.Statements...)
			statements = append(statements, fmt.Sprintf("INSERT INTO `%s`.schema_migrations (version, name) VALUES (%d, '%s')", database, step.Version, step.Name))
		}
	}
	for _, statement := range statements {
		if err := probe.Conn().Exec(tb.Context(), statement); err != nil {
			tb.Fatal(err)
		}
	}
	return connect(tb, target)
}
