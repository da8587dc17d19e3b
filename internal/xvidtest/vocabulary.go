package xvidtest

// The words that generated records are made of; the first of a list are the most
// frequent where a list is drawn from by skewed.

type country struct{ name, language string }

var countries = []country{
	{"United States", "en-US,en;q=0.9"},
	{"Estonia", "et-EE,et;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"Germany", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"India", "en-IN,en-GB;q=0.9,hi;q=0.8"},
	{"Russian Federation", "ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"Brazil", "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"United Kingdom", "en-GB,en;q=0.9"},
	{"Korea, Republic of", "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"France", "fr-FR,fr;q=0.9,en;q=0.8"},
	{"China", "zh-CN,zh;q=0.9"},
	{"Netherlands", "nl-NL,nl;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"Türkiye", "tr-TR,tr;q=0.9,en;q=0.6"},
	{"Viet Nam", "vi-VN,vi;q=0.9,en;q=0.8"},
	{"Japan", "ja,en-US;q=0.9,en;q=0.8"},
	{"Mexico", "es-MX,es;q=0.9,en;q=0.8"},
	{"Poland", "pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7"},
	{"Iran, Islamic Republic of", "fa-IR,fa;q=0.9,en;q=0.8"},
	{"Ukraine", "uk-UA,uk;q=0.9,ru;q=0.8,en;q=0.7"},
	{"Nigeria", "en-NG,en;q=0.9"},
	{"Côte d'Ivoire", "fr-CI,fr;q=0.9"},
	{"Taiwan, Province of China", "zh-TW,zh;q=0.9,en;q=0.8"},
	{"Moldova, Republic of", "ro-MD,ro;q=0.9,ru;q=0.8"},
	{"Czechia", "cs-CZ,cs;q=0.9,en;q=0.8"},
	{"Tanzania, United Republic of", "sw-TZ,sw;q=0.9,en;q=0.8"},
	{"Venezuela, Bolivarian Republic of", "es-VE,es;q=0.9"},
	{"Lao People's Democratic Republic", "lo-LA,lo;q=0.9,en;q=0.8"},
	{"Réunion", "fr-RE,fr;q=0.9"},
	{"Åland Islands", "sv-AX,sv;q=0.9,fi;q=0.8"},
	{"Bosnia and Herzegovina", "bs-BA,bs;q=0.9,hr;q=0.8"},
	{"Congo, The Democratic Republic of the", "fr-CD,fr;q=0.9"},
	{"Curaçao", "nl-CW,nl;q=0.9,en;q=0.8"},
	{"Holy See (Vatican City State)", "it-VA,it;q=0.9"},
}

var userAgents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.6367.82 Mobile Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.2478.80",
	"VLC/3.0.20 LibVLC/3.0.20",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36",
	"Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/94.0.4606.31 TV Safari/537.36",
	"Mozilla/5.0 (Windows NT 6.3; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.75 Safari/537.36",
	"Lavf/60.16.100",
	"Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
	"AppleCoreMedia/1.0.0.21E236 (iPhone; U; CPU OS 17_4_1 like Mac OS X; en_us)",
	"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
	"Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1",
	"ExoPlayerDemo/2.19.1 (Linux;Android 13) ExoPlayerLib/2.19.1",
	"Roku/DVP-12.5 (12.5.0.4178-88)",
	"Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633) AppleWebKit/537.36 (KHTML, like Gecko) Silk/122.4.3 like Chrome/122.0.6261.119 Safari/537.36",
	"Kodi/20.2 (Windows NT 10.0; Win64; x64) App_Bitness/64 Version/20.2-(20.2.0)-Git:20230629-5f418d0b13",
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/119.0.6045.105 Safari/537.36",
	"curl/8.5.0",
	"yt-dlp/2024.04.09",
	"python-requests/2.31.0",
	"Wget/1.21.4",
}

var (
	ipTypes       = []string{"UNK", "ISP", "MOB", "DCH", "VPN", "RES", "TOR", "COM", "EDU", "N/A"}
	ipTypeWeights = []int{30, 24, 12, 10, 9, 7, 2, 3, 2, 1}

	resolutions       = []string{"1080p", "720p", "352p", "480p", "2160p", "1440p", "N/A"}
	resolutionWeights = []int{38, 22, 14, 9, 8, 4, 5}

	streaming        = []string{"no", "yes", "N/A"}
	streamingWeights = []int{66, 31, 3}
)

var titles = []string{
	"DX3_trailer", "Nordlys_S01E01", "Nordlys_S01E02", "Harbour_Lights", "The_Ninth_Wave", "Café_Minuit",
	"DX3_screener", "Nordlys_S01E03", "Atlas_of_Clouds", "Seoul_Station_2", "Under_the_Ice", "Quarry",
	"Мой_город", "東京物語_remaster", "Paper_Tigers_S02E07", "Long_Road_Home", "Static", "Glass_Mountain",
}

var (
	pipelines    = []string{"547f3eede4b025bcbff38657", "5a1c02d1e4b0a7f3c2d9be41", "60b8d295f1d2a54b7c3e9a10"}
	applications = []string{"54e89692e4b069d88de25f8f", "5d2f1f6be4b0c8a1f3b7d902"}
)

var failures = []struct{ code, message string }{
	{"0x0700003", "No AutoGraph watermark found"},
	{"0x0700001", "Input file could not be decoded"},
	{"0x0700005", "Input too short for extraction"},
	{"0x0200002", "Input file does not exist"},
	{"0x0000001", "Internal Error"},
}

var (
	firstNames = []string{
		"anna", "liam", "sofia", "noah", "emma", "lucas", "mia", "jüri", "olga", "ivan", "chen", "yuki",
		"amara", "diego", "priya", "omar", "élise", "jonas", "min-jun", "fatima", "marek", "ngoc", "tom", "zoe",
	}
	lastNames = []string{
		"tamm", "smith", "garcia", "müller", "kim", "nguyen", "ivanova", "silva", "novak", "sato", "okafor",
		"rossi", "dubois", "jensen", "kaya", "patel", "wang", "haddad", "brown", "lindqvist",
	}
)
