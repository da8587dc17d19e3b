package k8stest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const manifests = "../../deploy/k8s"

// account is what an operator writes: a namespace, an image, and all that can be
// put together.
const account = `
namespace: syncer-acme
resources: [%[1]s/overlays/daemon]
components: [%[1]s/components/clickhouse-cloud, %[1]s/components/external-secret]
images: [{name: syncer, newName: registry.example/syncer, newTag: v9.9.9}]
`

// cronJobs is an account that keeps the CronJobs.
const cronJobs = `
namespace: syncer-acme
resources: [%[1]s/base]
components: [%[1]s/components/pushgateway, %[1]s/components/alerts]
`

// eachOverlay runs a test on everything that kustomize makes of the manifests.
func eachOverlay(t *testing.T, test func(t *testing.T, m *manifest)) {
	t.Helper()
	directories := map[string]string{
		"base":             manifests + "/base",
		"daemon":           manifests + "/overlays/daemon",
		"clickhouse-cloud": manifests + "/overlays/clickhouse-cloud",
		"account":          kustomization(t, account),
		"account-cronjobs": kustomization(t, cronJobs),
	}
	for name, directory := range directories {
		t.Run(name, func(t *testing.T) { test(t, mustRender(t, directory)) })
	}
}

// kustomization writes one that lies elsewhere, as an operator's does.
func kustomization(t *testing.T, format string) string {
	t.Helper()
	directory := t.TempDir()
	source, err := filepath.Abs(manifests)
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(directory, source)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(format, relative)
	if err := os.WriteFile(filepath.Join(directory, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return directory
}

func mustRender(t *testing.T, directory string) *manifest {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), directory)
	if err != nil {
		t.Fatal(err)
	}
	text, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	m, err := decode(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The overlays say what they are for.
func TestOverlays(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		daemon := strings.HasSuffix(t.Name(), "/daemon") || strings.HasSuffix(t.Name(), "/account")
		if got := len(m.deployments); (got == 1) != daemon {
			t.Errorf("%d Deployments", got)
		}
		if got := len(m.cronJobs); (got == 2) == daemon {
			t.Errorf("%d CronJobs", got)
		}
		if len(m.jobs) != 1 {
			t.Errorf("%d Jobs, not the migration alone", len(m.jobs))
		}
	})
}

// An operator's kustomization changes the namespace and the image of everything.
func TestAccount(t *testing.T) {
	m := mustRender(t, kustomization(t, account))
	for _, object := range m.objects {
		name := object.GetNamespace()
		if object.GetObjectKind().GroupVersionKind().Kind == "Namespace" {
			name = object.GetName()
		}
		if name != "syncer-acme" {
			t.Errorf("%s is in the namespace %q", describe(object), name)
		}
	}
	for _, pod := range m.pods() {
		if image := pod.Spec.Containers[0].Image; image != "registry.example/syncer:v9.9.9" {
			t.Errorf("%s runs %s", pod.Name, image)
		}
	}
}
