// Package device says what a user agent tells of the device behind it.
package device

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	stdsync "sync"
	"unicode"

	"github.com/mileusna/useragent"
)

// Version of what [Parse] answers. It goes up with every change of the answers, the
// library's included: mirrors with a lower one have their agents parsed anew.
const Version = 1

// MaxLength is how many bytes of a user agent are looked at. Those of browsers are
// shorter; a stranger may send a megabyte.
const MaxLength = 1000

// Kind is a kind of device.
type Kind string

// The kinds of devices.
const (
	Desktop Kind = "desktop"
	Phone   Kind = "phone"
	Tablet  Kind = "tablet"
	TV      Kind = "tv"  // with game consoles, and boxes and sticks for TVs
	Bot     Kind = "bot" // a program with no viewer: a crawler, a download tool
	Unknown Kind = "unknown"
)

// Device is what a user agent tells.
type Device struct {
	Browser         string // or player, or program; "" if it does not say
	OperatingSystem string // "" if it does not say
	Kind            Kind
}

// Parse reads a user agent, which may be anything. It never fails: what cannot be
// told is empty or [Unknown].
func Parse(agent string) (found Device) {
	found.Kind = Unknown
	// The library is made for browsers' words, and these are strangers'.
	defer func() { _ = recover() }()
	agent = agent[:min(len(agent), MaxLength)]
	parsed := useragent.Parse(agent)
	if name().MatchString(parsed.Name) {
		found.Browser = parsed.Name
	}
	words := strings.FieldsFunc(agent, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' })
	found.OperatingSystem = cmp.Or(system(words), parsed.OS)
	found.Kind = kind(agent, words, &parsed)
	return found
}

// name is what is taken for a program's name: the library gives all of the agent
// where it finds none. It takes long to compile, and most runs see no new agent.
var name = stdsync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][\w .+-]{0,39}$`) })

// system is the operating system of a TV, which the library does not know.
func system(words []string) string {
	for _, word := range words {
		if system, ok := tvSystems[strings.ToLower(word)]; ok {
			return system
		}
		if strings.HasPrefix(word, "AppleTV") {
			return "tvOS"
		}
	}
	if at := slices.Index(words, "Apple"); at >= 0 && at+1 < len(words) && words[at+1] == "TV" {
		return "tvOS"
	}
	return ""
}

func kind(agent string, words []string, parsed *useragent.UserAgent) Kind {
	switch {
	case parsed.Bot || isTool(words):
		return Bot
	case slices.ContainsFunc(words, isTV):
		return TV
	case parsed.Tablet:
		return Tablet
	case parsed.OS == useragent.Android && strings.HasPrefix(agent, "Mozilla/") && !slices.Contains(words, "Mobile"):
		return Tablet // by Android's convention, a phone's browser says Mobile
	case parsed.Mobile:
		return Phone
	case parsed.Desktop:
		return Desktop
	}
	return Unknown
}

// isTool says whether an agent begins with the name of a program that fetches
// without a viewer.
func isTool(words []string) bool {
	return len(words) > 0 && tools[strings.ToLower(words[0])]
}

// isTV says whether a word is the sign of a TV.
func isTV(word string) bool {
	if tvWords[strings.ToLower(word)] || strings.HasPrefix(word, "AppleTV") {
		return true
	}
	// Amazon's sticks and TVs: AFTMM, AFTSSS.
	return len(word) > 3 && len(word) < 9 && strings.HasPrefix(word, "AFT") && strings.ToUpper(word) == word
}
