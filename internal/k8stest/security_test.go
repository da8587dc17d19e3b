package k8stest

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// admit asks Kubernetes' own admission whether a pod fits the level restricted.
func admit(template corev1.PodTemplateSpec) error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return err
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec))
	if !result.Allowed {
		return errors.New(result.ForbiddenDetail())
	}
	return nil
}

func TestRestricted(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for _, pod := range m.pods() {
			if err := admit(pod); err != nil {
				t.Errorf("%s: %v", pod.Name, err)
			}
		}
	})
}

func TestRestrictedRefuses(t *testing.T) {
	hostRoot := corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}
	for name, spoil := range map[string]func(*corev1.PodSpec){
		"root":         func(p *corev1.PodSpec) { *p.SecurityContext.RunAsUser = 0 },
		"capabilities": func(p *corev1.PodSpec) { p.Containers[0].SecurityContext.Capabilities = nil },
		"escalation":   func(p *corev1.PodSpec) { p.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil },
		"seccomp":      func(p *corev1.PodSpec) { p.SecurityContext.SeccompProfile = nil },
		"host network": func(p *corev1.PodSpec) { p.HostNetwork = true },
		"host path":    func(p *corev1.PodSpec) { p.Volumes[0].VolumeSource = hostRoot },
	} {
		pod := mustRender(t, manifests+"/base").pods()[0]
		spoil(&pod.Spec)
		if admit(pod) == nil {
			t.Errorf("a pod with %s is admitted", name)
		}
	}
}

// What the level does not ask for: nothing in the container can be written, and
// Kubernetes' own API is out of reach.
func TestReadOnly(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for _, pod := range m.pods() {
			if token := pod.Spec.AutomountServiceAccountToken; token == nil || *token {
				t.Errorf("%s has a service account's token", pod.Name)
			}
			if pod.Spec.ServiceAccountName != "syncer" {
				t.Errorf("%s is the service account %q", pod.Name, pod.Spec.ServiceAccountName)
			}
			for _, c := range pod.Spec.Containers {
				if root := c.SecurityContext.ReadOnlyRootFilesystem; root == nil || !*root {
					t.Errorf("%s: its root can be written", pod.Name)
				}
				for _, mount := range c.VolumeMounts {
					if !mount.ReadOnly {
						t.Errorf("%s: %s can be written", pod.Name, mount.MountPath)
					}
				}
			}
		}
	})
}
