package grafanatest

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// dataSources and providers are Grafana's provisioning files, as its documentation
// has them; another key is an error.
type dataSources struct {
	APIVersion  int `yaml:"apiVersion"`
	DataSources []struct {
		Name     string
		UID      string
		Type     string
		Access   string
		Editable bool
		JSONData struct {
			Host            string
			Port            string
			Protocol        string
			Secure          string
			Username        string
			DefaultDatabase string `yaml:"defaultDatabase"`
		} `yaml:"jsonData"`
		SecureJSONData map[string]string `yaml:"secureJsonData"`
	} `yaml:"datasources"`
}

type providers struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name                  string
		Folder                string
		FolderUID             string `yaml:"folderUid"`
		Type                  string
		DisableDeletion       bool `yaml:"disableDeletion"`
		AllowUIUpdates        bool `yaml:"allowUiUpdates"`
		UpdateIntervalSeconds int  `yaml:"updateIntervalSeconds"`
		Options               struct{ Path string }
	}
}

func readYAML(t *testing.T, path string, into any) string {
	t.Helper()
	raw, err := os.ReadFile(folder + "/provisioning/" + path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return string(raw)
}

var environment = regexp.MustCompile(`\$\{(SYNCER_CLICKHOUSE_[A-Z]+)\}`)

func TestProvisioning(t *testing.T) {
	var sources dataSources
	text := readYAML(t, "datasources/syncer.yaml", &sources)
	if sources.APIVersion != 1 || len(sources.DataSources) != 1 {
		t.Fatalf("not one data source: %+v", sources)
	}
	source := sources.DataSources[0]
	if source.Type != sourceType || source.UID == "" || source.JSONData.Protocol != "native" {
		t.Errorf("the data source is %+v", source)
	}
	if password := source.SecureJSONData["password"]; !environment.MatchString(password) {
		t.Errorf("the password is %q, not from the environment", password)
	}
	var boards providers
	readYAML(t, "dashboards/syncer.yaml", &boards)
	if boards.APIVersion != 1 || len(boards.Providers) != 1 || boards.Providers[0].Type != "file" || boards.Providers[0].Options.Path == "" {
		t.Errorf("the provider of dashboards is %+v", boards)
	}
	// docs/grafana.md names what has to be set.
	doc, err := os.ReadFile("../../docs/grafana.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range environment.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("docs/grafana.md does not name %s", name)
		}
	}
}
