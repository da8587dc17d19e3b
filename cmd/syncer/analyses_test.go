package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"syncer/sql"
)

type analysisAnswer struct {
	name   string
	params []string
	want   string // CSV
}

// analysisAnswers are the answers for the small world, worked out by hand. #n is
// the access of that number, B n the backtrace.
var analysisAnswers = []analysisAnswer{
	{
		// Estonia #1 #2 #5 by anna and boris, Germany #3 #4 by anna out of two titles,
		// Korea #6 #7 by boris and chloe; one each: unknown #10, Atlantis #9, France #8.
		name: "leaks_by_country", want: `
country,accesses,tags,titles,share
Estonia,3,2,1,30
Germany,2,1,2,20
"Korea, Republic of",2,2,2,20
,1,1,1,10
Atlantis,1,1,1,10
France,1,1,1,10`,
	},
	{
		// From 1 March on: #7, #8, #9 by its backtrace's time (9 March), #10.
		name: "leaks_by_country", params: []string{"since=2026-03-01", "limit=2"}, want: `
country,accesses,tags,titles,share
,1,1,1,25
Atlantis,1,1,1,25`,
	},
	{
		// Named are Estonia (3) and, of those with 2, Germany. January: #1 #2. February:
		// #3 #4, Korea's #6, #5. March: Korea's #7, France's #8, #9 by its backtrace's
		// time, #10; by chloe and =1+1.
		name: "countries_over_time", params: []string{"countries=2"}, want: `
start,country,accesses,tags
2026-01-01,Estonia,2,1
2026-02-01,Germany,2,1
2026-02-01,(other),1,1
2026-02-01,Estonia,1,1
2026-03-01,(other),4,2`,
	},
	{
		// 31 January 2026 and 1 February were a weekend: one week with #1 #2 #3; then
		// weeks from Monday 9 February (#4), 16 February (#5 #6), 23 February (#7 on Sunday
		// 1 March), 2 March (#8 on Sunday 8 March), 9 March (#9 #10).
		name: "countries_over_time", params: []string{"countries=0", "step=week"}, want: `
start,country,accesses,tags
2026-01-26,(other),3,1
2026-02-09,(other),1,1
2026-02-16,(other),2,1
2026-02-23,(other),1,1
2026-03-02,(other),1,1
2026-03-09,(other),2,1`,
	},
	{
		// anna #1 to #4 from 3 addresses, 31 January 12:00 to 9 February 00:00: 8.5 days.
		// boris #5 #6: one hour. chloe #7 #8: 7 days and 6 hours. =1+1 #9 #10: #9 has no
		// address and no time, #10 no country.
		name: "leaks_by_tag", want: `
tag,addresses,accesses,countries,titles,first_access,last_access,hours
anna,3,4,2,2,2026-01-31 12:00:00,2026-02-09 00:00:00,204
boris,2,2,2,1,2026-02-20 10:00:00,2026-02-20 11:00:00,1
chloe,2,2,2,2,2026-03-01 00:00:00,2026-03-08 06:00:00,174
'=1+1,1,2,1,1,2026-03-09 12:00:00,2026-03-09 12:00:00,0`,
	},
	{
		// nordlys #1 #2 #3 #5 #6 #8, B1 B3 B5; quarry #4 #9 #10, B2 B6 B7; static #7, B4.
		name: "leaks_by_title", want: `
title,found_as,accesses,backtraces,tags,countries,first_access,last_access
nordlys,nordlys_copy5.mp4,6,3,3,4,2026-01-31 12:00:00,2026-03-08 06:00:00
quarry,quarry_copy7.mp4,3,3,2,2,2026-02-09 00:00:00,2026-03-09 12:00:00
static,static_copy4.mp4,1,1,1,1,2026-03-01 00:00:00,2026-03-01 00:00:00`,
	},
	{
		// February: B3 after 2 h, B1 24 h, B2 48 h; the 90th of 100 lies 0.8 of the way from
		// the second to the third: 24 + 0.8 × 24. March: B7 after 12 h, B4 24 h: 18 in the
		// middle, 12 + 0.9 × 12; B5 was opened later, B6 nobody knows when.
		name: "time_to_backtrace", want: `
month,traced,median_hours,p90_hours,longest_hours,later,unknown
2026-02-01,3,24,43.2,48,0,0
2026-03-01,2,18,22.8,24,1,1`,
	},
	{
		// downloaded #1 #3 #4 #5 #10: (100 + 100 + 97.5 + 10 + 100) / 5; streamed #2 #6 #7 #8:
		// (50 + 100 + 100 + 0) / 4; unknown #9.
		name: "streaming_or_download", want: `
way,accesses,share,tags,titles,mean_taken,complete
downloaded,5,50,3,2,81.5,3
streamed,4,40,3,2,62.5,2
unknown,1,10,1,1,,0`,
	},
	{
		// 0: #8. 10: #5. 50: #2. 97.5: #4. 100: #1 #3 #10 downloaded, #6 #7 streamed. #9 unknown.
		name: "share_taken", want: `
taken_from,accesses,share,streamed,downloaded,tags
0,1,10,1,0,1
10,1,10,0,1,1
50,1,10,1,0,1
90,1,10,0,1,1
100,5,50,2,3,4
,1,10,0,0,1`,
	},
	{
		// 1080: #1 #3 #4 #6 #8, of which #4 and #8 are not complete; 720: #2 (half) #7;
		// 352: #5 (a tenth) #10; unknown: #9.
		name: "resolutions", want: `
lines,accesses,share,complete,tags,titles
1080,5,50,3,3,2
720,2,20,1,2,2
352,2,20,1,2,2
,1,10,0,1,1`,
	},
	{
		// Estonia: VPN #1, DCH #5, UNK #2: 2 of the 2 that are known. France: TOR #8.
		// Germany: ISP twice. Korea: MOB #6, UNK #7. Of #10 (UNK) and #9 (N/A) nothing is known.
		name: "hidden_by_country", want: `
country,accesses,vpn,tor,data_centre,other,unknown,hidden_share
Estonia,3,1,0,1,0,1,100
France,1,0,1,0,0,0,100
Germany,2,0,0,0,2,0,0
"Korea, Republic of",2,0,0,0,1,1,0
,1,0,0,0,0,1,
Atlantis,1,0,0,0,0,1,`,
	},
	{
		// UNK #2 #7 #10, of which #10 has no country; ISP #3 #4; one each: N/A #9, DCH #5,
		// MOB #6, TOR #8, VPN #1.
		name: "ip_types", want: `
ip_type,accesses,share,countries,tags,last_access
UNK,3,30,2,3,2026-03-09 12:00:00
ISP,2,20,1,1,2026-02-09 00:00:00
,1,10,1,1,
DCH,1,10,1,1,2026-02-20 10:00:00
MOB,1,10,1,1,2026-02-20 11:00:00
TOR,1,10,1,1,2026-03-08 06:00:00
VPN,1,10,1,1,2026-01-31 12:00:00`,
	},
	{
		// Atlantis of #9 is no country; that #10's is not known is another matter.
		name: "unmapped_countries", want: `
country,accesses,share,tags,last_access
Atlantis,1,10,1,`,
	},
	{
		// Chrome on Windows #1 #2 #8, of which #1 is complete; Firefox on Linux #3 #4; an
		// iPhone #6 #7, both complete; curl #5, and #9 that only begins like it; none #10.
		name: "devices", want: `
device,operating_system,browser,accesses,share,complete,tags
desktop,Windows,Chrome,3,30,1,2
desktop,Linux,Firefox,2,20,1,1
phone,iOS,Safari,2,20,2,2
bot,,,1,10,0,1
bot,,curl,1,10,0,1
unknown,,,1,10,1,1`,
	},
	{
		// anna in B1 (nordlys, 3 accesses), B2 (quarry, 1), B5 (nordlys, none); chloe in B4
		// (static) and B5 (nordlys). boris is in B3 alone, =1+1 twice in quarry.
		name: "repeat_offenders", want: `
tag,titles,backtraces,accesses,first_traced,last_traced
anna,2,3,4,2026-02-01 12:00:00,2026-03-08 03:00:00
chloe,2,2,2,2026-03-02 00:00:00,2026-03-08 03:00:00`,
	},
	{
		// #7, B4, B5, #8.
		name: "tag_timeline", params: []string{"tag=chloe"}, want: `
at,event,country,address,ip_type,taken,lines,way,user_agent,title,backtrace_id
2026-03-01 00:00:00,access,"Korea, Republic of",2001:db8:1:2::9,UNK,100,720,streamed,"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",static,000000000000000000000004
2026-03-02 00:00:00,backtrace,,,,,,,,static,000000000000000000000004
2026-03-08 03:00:00,backtrace,,,,,,,,nordlys,000000000000000000000005
2026-03-08 06:00:00,access,France,192.0.2.1,TOR,0,1080,streamed,"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",nordlys,000000000000000000000005`,
	},
	{
		// 203.0.113.0/24: #1 #2 by anna, #5 by boris (an IPv4 address in IPv6's form).
		// 2001:db8:1::/48: #6 by boris, #7 by chloe. All other blocks: one tag each.
		name: "shared_networks", want: `
network,tags,addresses,accesses,titles,first_access,last_access,some_tags
203.0.113.0/24,2,3,3,1,2026-01-31 12:00:00,2026-02-20 10:00:00,"anna, boris"
2001:db8:1::/48,2,2,2,2,2026-02-20 11:00:00,2026-03-01 00:00:00,"boris, chloe"`,
	},
	{
		// From one tag on: also 192.0.2.0/24 (#8), 198.51.100.0/24 (#3 #4) and #10's hash.
		name: "shared_networks", params: []string{"tags=1", "limit=100", "since=2026-03-02"}, want: `
network,tags,addresses,accesses,titles,first_access,last_access,some_tags
192.0.2.0/24,1,1,1,1,2026-03-08 06:00:00,2026-03-08 06:00:00,chloe
h:9c56cc51b374c3ba189210d5b6d4bf57,1,1,1,1,2026-03-09 12:00:00,2026-03-09 12:00:00,'=1+1`,
	},
	{
		// Estonia: Estonian in #1 #2, none in #5 (curl). Germany: #3 #4. Korea: English in
		// #7, Korean in #6. France: #8. None: #9 #10.
		name: "languages_by_country", want: `
country,language,accesses,share_of_country,tags
Estonia,et,2,66.67,1
Germany,de,2,100,1
,,1,100,1
Atlantis,,1,100,1
Estonia,,1,33.33,1
France,fr,1,100,1
"Korea, Republic of",en,1,50,1
"Korea, Republic of",ko,1,50,1`,
	},
	{
		// Since 3 March 12:00: Atlantis by its backtrace's time, France; Korea was known.
		name: "new_countries", want: `
country,first_access,accesses,tags,titles
Atlantis,2026-03-09 18:00:00,1,1,1
France,2026-03-08 06:00:00,1,1,1`,
	},
	{
		// B11 has waited 6 h at 0 %, B12 48 h at 40 %; 7 and 3 of 12 are final.
		name: "backlog", want: `
status,jobs,share,oldest,waiting_hours,longest_hours,percent_done
QUEUED,2,16.67,2026-03-08 12:00:00,27,48,20
SUCCESS,7,58.33,,,,
FAILURE,3,25,,,,`,
	},
	{
		// B8 and B9, B10.
		name: "failures", want: `
error_code,error_msg,failures,share,titles,last_asked_for,last_backtrace
0x0700003,No AutoGraph watermark found,2,66.67,2,2026-03-03 00:00:00,000000000000000000000009
0x0000001,Internal Error,1,33.33,1,2026-03-04 00:00:00,00000000000000000000000a`,
	},
	{
		// Ten accesses by anna, boris, chloe and =1+1, out of three titles. Addresses: #1, #2,
		// #3 = #4, #5, #6, #7, #8, #10; #9 has none. Countries: Estonia, Germany, Korea,
		// France, Atlantis. Complete #1 #3 #6 #7 #10, downloaded #1 #3 #4 #5 #10. #9 by its
		// backtrace's time is the last.
		name: "overview", want: `
accesses,tags,titles,addresses,countries,complete,downloaded,first_access,last_access
10,4,3,8,5,5,5,2026-01-31 12:00:00,2026-03-09 18:00:00`,
	},
	{
		// #10, and #9 by its backtrace's time.
		name: "overview", params: []string{"since=2026-03-09"}, want: `
accesses,tags,titles,addresses,countries,complete,downloaded,first_access,last_access
2,1,1,1,1,1,1,2026-03-09 12:00:00,2026-03-09 18:00:00`,
	},
	{
		// Nothing at all.
		name: "overview", params: []string{"since=now"}, want: `
accesses,tags,titles,addresses,countries,complete,downloaded,first_access,last_access
0,0,0,0,0,0,0,,`,
	},
	{
		// 31 January: #1 and #2 from two addresses in Estonia; 1 February: #3 from Germany;
		// 9 February: #4 from the same address.
		name: "tag_spread", params: []string{"tag=anna"}, want: `
start,accesses,addresses,countries,new_countries
2026-01-31 00:00:00,2,2,1,Estonia
2026-02-01 00:00:00,1,3,2,Germany
2026-02-09 00:00:00,1,3,2,`,
	},
	{
		// #10, whose country is not known, at 12; #9, whose address is not, by its
		// backtrace's time at 18.
		name: "tag_spread", params: []string{"tag==1+1", "step=hour"}, want: `
start,accesses,addresses,countries,new_countries
2026-03-09 12:00:00,1,1,0,
2026-03-09 18:00:00,1,1,1,Atlantis`,
	},
	{
		// Runs at 9:00, with all 12 records, and at 11:30, with nothing new; it is 12:00.
		name: "freshness", want: `
as_of,age_minutes,mirrored,missing,last_outcome,runs_24h,good_24h,changing_24h,last_error
2026-03-10 11:30:00,30,12,0,ok,2,2,1,`,
	},
}

// Every analysis answers for the small world as worked out by hand, and the
// examples of docs/analyses.md are its answers.
func TestAnalyses(t *testing.T) {
	p := newAnalysedProgram(t)
	p.answers(t)
	all, err := sql.All()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if !slices.ContainsFunc(analysisAnswers, func(c analysisAnswer) bool { return c.name == all[i].Name }) {
			t.Errorf("%s has no answer worked out by hand", all[i].Name)
		}
	}
	t.Run("docs", func(t *testing.T) { checkAnalysesDoc(t, p, all) })
}

// answers asks for all answers that were worked out by hand.
func (p *program) answers(t *testing.T) {
	t.Helper()
	for _, c := range analysisAnswers {
		t.Run(strings.Join(append([]string{c.name}, c.params...), " "), func(t *testing.T) {
			got := p.at(t, analysesNow, queryLine(c.name, c.params, "csv")...).stdout
			want := strings.ReplaceAll(strings.TrimPrefix(c.want, "\n"), "\n", "\r\n") + "\r\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// queryLine is the command line that asks for an analysis.
func queryLine(name string, params []string, format string) []string {
	line := []string{"query", name, "--format", format}
	for _, param := range params {
		line = append(line, "--param", param)
	}
	return line
}
