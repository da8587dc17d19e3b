package k8stest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// object is what every Kubernetes object is.
type object interface {
	runtime.Object
	metav1.Object
}

// manifest is a rendered kustomization: its text, and each object in it.
type manifest struct {
	text            string
	objects         []object
	deployments     []*appsv1.Deployment
	cronJobs        []*batchv1.CronJob
	jobs            []*batchv1.Job
	configMaps      map[string]*corev1.ConfigMap
	secrets         map[string][]string // keys by name, from Secret and ExternalSecret
	services        []*corev1.Service
	serviceMonitors []*monitoringv1.ServiceMonitor
	networkPolicies []*networkingv1.NetworkPolicy
}

// decode reads documents strictly: a key that Kubernetes does not know, or knows
// by another type, is an error.
func decode(text string) (*manifest, error) {
	m := &manifest{text: text, configMaps: map[string]*corev1.ConfigMap{}, secrets: map[string][]string{}}
	decoder, err := newDecoder()
	if err != nil {
		return nil, err
	}
	documents := yaml.NewDocumentDecoder(io.NopCloser(strings.NewReader(text)))
	defer func() { _ = documents.Close() }()
	for buffer := make([]byte, 1<<20); ; {
		n, err := documents.Read(buffer)
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, fmt.Errorf("split documents: %w", err)
		}
		decoded, _, err := decoder.Decode(buffer[:n], nil, nil)
		if err != nil {
			return nil, fmt.Errorf("%w in:\n%s", err, buffer[:n])
		}
		if err := m.add(decoded); err != nil {
			return nil, err
		}
	}
}

func newDecoder() (runtime.Decoder, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, batchv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme,
		monitoringv1.AddToScheme, addExternalSecret,
	} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer(), nil
}

func (m *manifest) add(decoded runtime.Object) error {
	o, ok := decoded.(object)
	if !ok {
		return fmt.Errorf("%T is no object", decoded)
	}
	m.objects = append(m.objects, o)
	switch o := decoded.(type) {
	case *appsv1.Deployment:
		m.deployments = append(m.deployments, o)
	case *batchv1.CronJob:
		m.cronJobs = append(m.cronJobs, o)
	case *batchv1.Job:
		m.jobs = append(m.jobs, o)
	case *corev1.ConfigMap:
		m.configMaps[o.Name] = o
	case *corev1.Secret:
		for key := range o.StringData {
			m.secrets[o.Name] = append(m.secrets[o.Name], key)
		}
	case *ExternalSecret:
		for _, entry := range o.Spec.Data {
			m.secrets[o.Spec.Target.Name] = append(m.secrets[o.Spec.Target.Name], entry.SecretKey)
		}
	case *corev1.Service:
		m.services = append(m.services, o)
	case *monitoringv1.ServiceMonitor:
		m.serviceMonitors = append(m.serviceMonitors, o)
	case *networkingv1.NetworkPolicy:
		m.networkPolicies = append(m.networkPolicies, o)
	case *corev1.Namespace, *corev1.ServiceAccount:
	case *monitoringv1.PrometheusRule: // internal/alerttest
	default:
		return fmt.Errorf("no test looks at a %s", describe(o.(object)))
	}
	return nil
}

func describe(o object) string {
	return o.GetObjectKind().GroupVersionKind().Kind + " " + o.GetName()
}

// pods are the templates of all pods, named after what makes them.
func (m *manifest) pods() (templates []corev1.PodTemplateSpec) {
	add := func(name string, template corev1.PodTemplateSpec) {
		template.Name = name
		templates = append(templates, template)
	}
	for _, d := range m.deployments {
		add(d.Name, d.Spec.Template)
	}
	for name, job := range m.jobSpecs() {
		add(name, job.Template)
	}
	return templates
}

// jobSpecs are the Jobs, those of CronJobs too, by name.
func (m *manifest) jobSpecs() map[string]batchv1.JobSpec {
	specs := map[string]batchv1.JobSpec{}
	for _, c := range m.cronJobs {
		specs[c.Name] = c.Spec.JobTemplate.Spec
	}
	for _, j := range m.jobs {
		specs[j.Name] = j.Spec
	}
	return specs
}

// Everything that is rendered is Kubernetes', key by key.
func TestDecode(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		if len(m.objects) < 8 {
			t.Errorf("only %d objects", len(m.objects))
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	once := mustRead(t, manifests+"/base/once.yaml")
	for name, wrong := range map[string]string{
		"unknown key":      strings.Replace(once, "backoffLimit", "backofLimit", 1),
		"another type":     strings.Replace(once, "backoffLimit: 2", "backoffLimit: two", 1),
		"a key twice":      strings.Replace(once, "backoffLimit: 2", "backoffLimit: 2\n      backoffLimit: 3", 1),
		"a key's old home": strings.Replace(once, "timeZone: Etc/UTC", "restartPolicy: Never", 1),
		"unknown kind":     strings.Replace(once, "CronJob", "CornJob", 1),
	} {
		if wrong == once {
			t.Fatalf("%s: nothing was made wrong", name)
		}
		if _, err := decode(wrong); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func mustRead(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
