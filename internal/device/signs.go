package device

// What the library, made for browsers, does not know. Words are in small letters.
var (
	tools = set("curl", "wget", "aria2", "yt-dlp", "youtube-dl", "httpie", "axios", "okhttp", "java", "go-http-client",
		"python-requests", "python-urllib", "python", "aiohttp", "libwww-perl", "php", "ruby", "scrapy", "node-fetch", "node",
		"postmanruntime", "guzzlehttp", "apache-httpclient")
	tvWords = set("tv", "smart-tv", "smarttv", "googletv", "androidtv", "hbbtv", "netcast", "web0s", "bravia", "roku", "crkey",
		"chromecast", "mibox", "viera", "aquos", "philipstv", "vidaa", "playstation", "xbox", "nintendo")
	tvSystems = map[string]string{
		"tizen": "Tizen", "web0s": "webOS", "roku": "Roku", "playstation": "PlayStation", "nintendo": "Nintendo",
	}
)

func set(words ...string) map[string]bool {
	found := make(map[string]bool, len(words))
	for _, word := range words {
		found[word] = true
	}
	return found
}
