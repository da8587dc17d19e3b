package alerttest

import (
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"go.yaml.in/yaml/v3"
)

const rulesFile = "../../deploy/k8s/components/alerts/rules.yaml"

// rules are the alerts by name, read as Prometheus reads them.
func rules(t *testing.T) map[string]rulefmt.Rule {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	var resource struct {
		Spec yaml.Node `yaml:"spec"`
	}
	if err := yaml.Unmarshal(text, &resource); err != nil {
		t.Fatal(err)
	}
	spec, err := yaml.Marshal(&resource.Spec)
	if err != nil {
		t.Fatal(err)
	}
	groups, problems := rulefmt.Parse(spec, false, model.LegacyValidation, newParser(), slog.New(slog.DiscardHandler))
	for _, problem := range problems {
		t.Fatal(problem)
	}
	found := map[string]rulefmt.Rule{}
	for _, group := range groups.Groups {
		for _, rule := range group.Rules {
			if _, double := found[rule.Alert]; double || rule.Alert == "" {
				t.Errorf("%q stands twice, or is no alert", rule.Alert)
			}
			found[rule.Alert] = rule
		}
	}
	return found
}

// expectation is what an alert does on some series, 0 and so on being minutes.
type expectation struct {
	alert, when string
	series      []string
	minute      int
	fires       []string // the labels it fires with; none: it is silent
}

func TestAlerts(t *testing.T) {
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: newParser()})
	found := rules(t)
	fired, silent := map[string]bool{}, map[string]bool{}
	for _, e := range expectations {
		t.Run(e.alert+" "+e.when, func(t *testing.T) {
			rule, ok := found[e.alert]
			if !ok {
				t.Fatal("there is no such alert")
			}
			got := firing(t, engine, load(t, e.series), rule.Expr, time.Duration(rule.For), e.minute)
			if !slices.Equal(got, e.fires) {
				t.Errorf("fires with %q, want %q", got, e.fires)
			}
		})
		if len(e.fires) > 0 {
			fired[e.alert] = true
		} else {
			silent[e.alert] = true
		}
	}
	for name := range found {
		if !fired[name] || !silent[name] {
			t.Errorf("%s is not seen both firing and silent", name)
		}
	}
}

// An operator who is woken finds what to do, and nothing that wakes nobody.
func TestAlertsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (Syncer\w+)$`).FindAllStringSubmatch(string(text), -1) {
		sections[heading[1]] = true
	}
	found := rules(t)
	for name, rule := range found {
		if !sections[name] {
			t.Errorf("docs/operations.md has no section on %s", name)
		}
		if rule.Annotations["runbook"] != "docs/operations.md#"+strings.ToLower(name) {
			t.Errorf("%s leads to %s", name, rule.Annotations["runbook"])
		}
		if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" {
			t.Errorf("%s lacks its severity, summary or description", name)
		}
	}
	for name := range sections {
		if _, ok := found[name]; !ok {
			t.Errorf("docs/operations.md explains %s, which is no alert", name)
		}
	}
}
