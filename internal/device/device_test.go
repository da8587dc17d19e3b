package device

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		agent string
		want  Device
	}{
		{"", Device{"", "", Unknown}},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", Device{"Chrome", "Windows", Desktop}},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.80", Device{"Edge", "Windows", Desktop}},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36 OPR/95.0.0.0", Device{"Opera", "Windows", Desktop}},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", Device{"Firefox", "Linux", Desktop}},
		{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", Device{"Chrome", "ChromeOS", Desktop}},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", Device{"Safari", "macOS", Desktop}},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1", Device{"Safari", "iOS", Phone}},
		{"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.82 Mobile Safari/537.36", Device{"Chrome", "Android", Phone}},
		{"Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.119 Safari/537.36", Device{"Chrome", "Android", Tablet}},
		{"Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1", Device{"Chrome", "iOS", Tablet}},
		{"Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/94.0.4606.31 TV Safari/537.36", Device{"Samsung Browser", "Tizen", TV}},
		{"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager", Device{"Chrome", "webOS", TV}},
		{"Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633) AppleWebKit/537.36 (KHTML, like Gecko) Silk/122.4.3 like Chrome/122.0.6261.119 Safari/537.36", Device{"Safari", "Android", TV}},
		{"Mozilla/5.0 (Linux; Android 12; Chromecast) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/106.0 Safari/537.36 CrKey/1.56.500000", Device{"CrKey", "Android", TV}},
		{"Dalvik/2.1.0 (Linux; U; Android 9; BRAVIA 4K Build/PTT1)", Device{"Dalvik", "Android", TV}},
		{"Roku/DVP-12.5 (12.5.0.4178-88)", Device{"Roku", "Roku", TV}},
		{"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", Device{"Safari", "PlayStation", TV}},
		{"AppleCoreMedia/1.0.0.20K71 (Apple TV; U; CPU OS 16_1 like Mac OS X; en_us)", Device{"AppleCoreMedia", "tvOS", TV}},
		{"Mozilla/5.0 (AppleTV11,1; CPU OS 16.1 like Mac OS X)", Device{"", "tvOS", TV}},
		{"AppleCoreMedia/1.0.0.21E236 (iPhone; U; CPU OS 17_4_1 like Mac OS X; en_us)", Device{"AppleCoreMedia", "iOS", Phone}},
		{"ExoPlayerDemo/2.19.1 (Linux;Android 13) ExoPlayerLib/2.19.1", Device{"ExoPlayerDemo", "Android", Phone}},
		{"Kodi/20.2 (Windows NT 10.0; Win64; x64) App_Bitness/64 Version/20.2-(20.2.0)-Git:20230629-5f418d0b13", Device{"Kodi", "Windows", Desktop}},
		{"VLC/3.0.20 LibVLC/3.0.20", Device{"VLC", "", Unknown}},
		{"Lavf/60.16.100", Device{"Lavf", "", Unknown}},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/119.0.6045.105 Safari/537.36", Device{"Headless Chrome", "Linux", Bot}},
		{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Device{"Googlebot", "", Bot}},
		{"curl/8.5.0", Device{"curl", "", Bot}},
		{"yt-dlp/2024.04.09", Device{"yt-dlp", "", Bot}},
		{"python-requests/2.31.0", Device{"python-requests", "", Bot}},
		{"Wget/1.21.4", Device{"Wget", "", Bot}},
		// Not agents at all.
		{"'; DROP TABLE access_stats --", Device{"", "", Unknown}},
		{"curl\x1b[2J\u202e", Device{"", "", Bot}},
		{"\xff\xfe\x00(((((/", Device{"", "", Unknown}},
		{strings.Repeat("(", 1<<20), Device{"", "", Unknown}},
	} {
		if got := Parse(c.agent); got != c.want {
			t.Errorf("%.120q: %+v, want %+v", c.agent, got, c.want)
		}
	}
}

// FuzzParse: whatever is parsed, the answer is short and can be shown anywhere.
func FuzzParse(f *testing.F) {
	f.Add("Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.82 Mobile Safari/537.36")
	f.Add("\xff\xfe(;/ Android ;")
	f.Fuzz(func(t *testing.T, agent string) {
		found := Parse(agent)
		if found.Browser != "" && !name().MatchString(found.Browser) || len(found.OperatingSystem) > 20 {
			t.Errorf("%+v", found)
		}
		switch found.Kind {
		case Desktop, Phone, Tablet, TV, Bot, Unknown:
		default:
			t.Errorf("kind %q", found.Kind)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	const agent = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.82 Mobile Safari/537.36"
	for b.Loop() {
		Parse(agent)
	}
}
