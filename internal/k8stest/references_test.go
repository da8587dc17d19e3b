package k8stest

import (
	"path"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// What a pod names is there: ConfigMaps, the files of its settings, and the Secret
// that holds them, in the example as in the ExternalSecret.
func TestPodReferences(t *testing.T) {
	example, err := decode(mustRead(t, manifests+"/base/secret.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		secrets := m.secrets
		if len(secrets) == 0 {
			secrets = example.secrets
		}
		for _, pod := range m.pods() {
			for _, from := range pod.Spec.Containers[0].EnvFrom {
				if m.configMaps[from.ConfigMapRef.Name] == nil {
					t.Errorf("%s: there is no ConfigMap %s", pod.Name, from.ConfigMapRef.Name)
				}
			}
			mounted := mountedFiles(pod.Spec, secrets)
			for name, file := range m.environment(pod.Spec) {
				if strings.HasSuffix(name, "_FILE") && !slices.Contains(mounted, file) {
					t.Errorf("%s: %s names %s; mounted are %q", pod.Name, name, file, mounted)
				}
			}
		}
	})
}

// mountedFiles are the files that the mounted secrets have.
func mountedFiles(pod corev1.PodSpec, secrets map[string][]string) (files []string) {
	for _, volume := range pod.Volumes {
		for _, mount := range pod.Containers[0].VolumeMounts {
			if volume.Secret == nil || mount.Name != volume.Name {
				continue
			}
			for _, key := range secrets[volume.Secret.SecretName] {
				files = append(files, path.Join(mount.MountPath, key))
			}
		}
	}
	return files
}

// The user of the pods reads secrets through its group alone.
func TestSecretsAreReadable(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for _, pod := range m.pods() {
			if group := pod.Spec.SecurityContext.FSGroup; group == nil || *group != *pod.Spec.SecurityContext.RunAsGroup {
				t.Errorf("%s: fsGroup is not the group of its process", pod.Name)
			}
			for _, volume := range pod.Spec.Volumes {
				if mode := *volume.Secret.DefaultMode; mode != 0o440 {
					t.Errorf("%s: the mode of %s is %o", pod.Name, volume.Name, mode)
				}
			}
		}
	})
}

// The way from Prometheus to the daemon, link by link.
func TestMonitoring(t *testing.T) {
	m := mustRender(t, manifests+"/overlays/daemon")
	pod := m.deployments[0].Spec.Template
	service := m.services[0]
	monitor := m.serviceMonitors[0]
	if !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels)) {
		t.Errorf("the Service selects %v, the pod has %v", service.Spec.Selector, pod.Labels)
	}
	selector, err := metav1.LabelSelectorAsSelector(&monitor.Spec.Selector)
	if err != nil {
		t.Fatal(err)
	}
	if !selector.Matches(labels.Set(service.Labels)) {
		t.Errorf("the ServiceMonitor selects %s, the Service has %v", selector, service.Labels)
	}
	port := monitor.Spec.Endpoints[0].Port
	container := pod.Spec.Containers[0]
	links := []string{
		port, service.Spec.Ports[0].Name, service.Spec.Ports[0].TargetPort.StrVal, container.Ports[0].Name,
		container.ReadinessProbe.HTTPGet.Port.StrVal, container.LivenessProbe.HTTPGet.Port.StrVal,
		m.networkPolicies[0].Spec.Ingress[0].Ports[0].Port.StrVal,
	}
	if slices.ContainsFunc(links, func(link string) bool { return link != "metrics" }) {
		t.Errorf("not all the same port: %q", links)
	}
	if address := m.environment(pod.Spec)["METRICS_ADDR"]; address != ":9090" || container.Ports[0].ContainerPort != 9090 {
		t.Errorf("METRICS_ADDR is %q, the port %d", address, container.Ports[0].ContainerPort)
	}
}

// The ports of CLICKHOUSE_URL are open on the way out, and those of no other
// server with the Cloud's overlay.
func TestEgress(t *testing.T) {
	for directory, want := range map[string][]int32{
		"/base":                      {53, 53, 443, 9000, 9440, 8123, 8443},
		"/overlays/clickhouse-cloud": {53, 53, 443, 9440, 8443},
	} {
		var open []int32
		for _, rule := range mustRender(t, manifests+directory).networkPolicies[0].Spec.Egress {
			for _, port := range rule.Ports {
				open = append(open, port.Port.IntVal)
			}
		}
		if !slices.Equal(open, want) {
			t.Errorf("%s: ports %v, want %v", directory, open, want)
		}
	}
}
