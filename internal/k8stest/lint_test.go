package k8stest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zegl/kube-score/config"
	"github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/parser"
	"github.com/zegl/kube-score/score"
	"github.com/zegl/kube-score/score/checks"
	"github.com/zegl/kube-score/scorecard"
)

// ignored are the checks of kube-score that do not fit, and why.
var ignored = map[string]string{
	"container-image-pull-policy": "a released tag never moves; Always would tie each run to the registry",
	"deployment-strategy":         "two daemons would only read the list twice; the Service carries nothing but metrics",
}

type namedReader struct{ *strings.Reader }

func (namedReader) Name() string { return "rendered" }

// lint gives what kube-score finds that is worse than fine.
func lint(text string) ([]string, error) {
	p, err := parser.New(&parser.Config{})
	if err != nil {
		return nil, err
	}
	objects, err := p.ParseFiles([]domain.NamedReader{namedReader{strings.NewReader(text)}})
	if err != nil {
		return nil, err
	}
	skip := map[string]struct{}{}
	for id := range ignored {
		skip[id] = struct{}{}
	}
	// One replica is the design: see the Deployment.
	run := &config.RunConfiguration{KubernetesVersion: config.Semver{Major: 1, Minor: 31}, MinReplicasDeployment: 1}
	card, err := score.Score(objects, score.RegisterAllChecks(objects, &checks.Config{IgnoredTests: skip}, run), run)
	if err != nil {
		return nil, err
	}
	return findings(*card), nil
}

func findings(card scorecard.Scorecard) (found []string) {
	for _, object := range card {
		for _, check := range object.Checks {
			if check.Skipped || check.Grade > scorecard.GradeWarning {
				continue
			}
			for _, comment := range check.Comments {
				found = append(found, fmt.Sprintf("%s: %s (%s): %s", object.HumanFriendlyRef(), check.Check.ID, comment.Summary, comment.Description))
			}
		}
	}
	slices.Sort(found)
	return found
}

func TestLint(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		found, err := lint(m.text)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range found {
			t.Error(finding)
		}
	})
}

func TestLintFinds(t *testing.T) {
	text := mustRender(t, manifests+"/overlays/daemon").text
	for check, change := range map[string]*strings.Replacer{
		"container-image-tag":    strings.NewReplacer("syncer:v0.1.0", "syncer:latest"),
		"container-resources":    strings.NewReplacer("limits:", "requests:"),
		"pod-networkpolicy":      strings.NewReplacer("kind: NetworkPolicy", "kind: ConfigMap"),
		"pod-probes":             strings.NewReplacer("readinessProbe:", "startupProbe:"),
		"service-targets-pod":    strings.NewReplacer("publishNotReadyAddresses: true\n  selector:", "selector:\n    other: label"),
		"readonlyrootfilesystem": strings.NewReplacer("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
	} {
		wrong := change.Replace(text)
		found, err := lint(wrong)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(found, "\n"), check) {
			t.Errorf("%s is not found; found: %q", check, found)
		}
	}
}
