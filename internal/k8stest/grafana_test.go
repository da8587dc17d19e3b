package k8stest

import (
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// deploy/grafana renders to ConfigMaps that Grafana's sidecar finds by their labels,
// with every dashboard that is there.
func TestGrafanaConfigMaps(t *testing.T) {
	const folder = "../../deploy/grafana"
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatal(err)
	}
	dashboards, err := filepath.Glob(folder + "/dashboards/*.json")
	if err != nil || len(dashboards) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	sources, err := filepath.Glob(folder + "/provisioning/datasources/*.yaml")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no data source: %v", err)
	}
	wanted := map[string]string{}
	for label, files := range map[string][]string{"grafana_dashboard": dashboards, "grafana_datasource": sources} {
		for _, file := range files {
			wanted[file] = label
		}
	}
	for file, label := range wanted {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, resource := range resources.Resources() {
			if resource.GetKind() == "ConfigMap" && resource.GetLabels()[label] == "1" {
				found = found || resource.GetDataMap()[filepath.Base(file)] == string(content)
			}
		}
		if !found {
			t.Errorf("no ConfigMap with the label %s holds %s", label, file)
		}
	}
}
