package k8stest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// slack is what a Job needs beside its run: an image to pull, a node to wait for,
// and the grace of a pod that is ended.
const slack = 5 * time.Minute

// A run ends by itself at SYNC_TIMEOUT, and is recorded, before Kubernetes ends it.
func TestDeadlineOverTimeout(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for _, c := range m.cronJobs {
			timeout, err := time.ParseDuration(m.environment(c.Spec.JobTemplate.Spec.Template.Spec)["SYNC_TIMEOUT"])
			if err != nil {
				t.Fatalf("%s has no SYNC_TIMEOUT: %v", c.Name, err)
			}
			deadline := time.Duration(*c.Spec.JobTemplate.Spec.ActiveDeadlineSeconds) * time.Second
			if deadline < timeout+slack {
				t.Errorf("%s: activeDeadlineSeconds (%s) leaves less than %s over SYNC_TIMEOUT (%s)", c.Name, deadline, slack, timeout)
			}
		}
		for _, d := range m.deployments {
			timeout, err := time.ParseDuration(m.environment(d.Spec.Template.Spec)["SYNC_TIMEOUT"])
			if err != nil {
				t.Fatalf("%s has no SYNC_TIMEOUT: %v", d.Name, err)
			}
			deadline := time.Duration(*d.Spec.ProgressDeadlineSeconds) * time.Second
			if deadline < timeout+slack {
				t.Errorf("%s: progressDeadlineSeconds (%s) calls a first copy a failed rollout", d.Name, deadline)
			}
		}
	})
}

// environment is what a pod's ConfigMaps say; the later one wins.
func (m *manifest) environment(pod corev1.PodSpec) map[string]string {
	env := map[string]string{}
	for _, from := range pod.Containers[0].EnvFrom {
		if c, ok := m.configMaps[from.ConfigMapRef.Name]; ok {
			maps.Copy(env, c.Data)
		}
	}
	return env
}

// Exit codes of syncer: 2, 77 and 78 fail at once, 1 retries, and a pod that was
// only in the way counts for nothing.
func TestPodFailurePolicy(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for name, job := range m.jobSpecs() {
			for code, want := range map[int32]batchv1.PodFailurePolicyAction{
				1: batchv1.PodFailurePolicyActionCount, 2: batchv1.PodFailurePolicyActionFailJob,
				77: batchv1.PodFailurePolicyActionFailJob, 78: batchv1.PodFailurePolicyActionFailJob,
				137: batchv1.PodFailurePolicyActionCount,
			} {
				if got := action(job, code, false); got != want {
					t.Errorf("%s: exit code %d: %s, not %s", name, code, got, want)
				}
			}
			if got := action(job, 78, true); got != batchv1.PodFailurePolicyActionIgnore {
				t.Errorf("%s: a disrupted pod: %s", name, got)
			}
			if job.Template.Spec.RestartPolicy != corev1.RestartPolicyNever {
				t.Errorf("%s: podFailurePolicy needs restartPolicy Never", name)
			}
		}
	})
}

// action is what the first rule that matches a failed pod does.
func action(job batchv1.JobSpec, code int32, disrupted bool) batchv1.PodFailurePolicyAction {
	container := job.Template.Spec.Containers[0].Name
	for _, rule := range job.PodFailurePolicy.Rules {
		for _, condition := range rule.OnPodConditions {
			if disrupted && condition.Type == corev1.DisruptionTarget && condition.Status == corev1.ConditionTrue {
				return rule.Action
			}
		}
		exit := rule.OnExitCodes
		if exit == nil || (exit.ContainerName != nil && *exit.ContainerName != container) {
			continue
		}
		if slices.Contains(exit.Values, code) == (exit.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
			return rule.Action
		}
	}
	return batchv1.PodFailurePolicyActionCount
}

func TestJobsAreBounded(t *testing.T) {
	eachOverlay(t, func(t *testing.T, m *manifest) {
		t.Helper()
		for name, job := range m.jobSpecs() {
			if job.BackoffLimit == nil || *job.BackoffLimit < 1 || job.ActiveDeadlineSeconds == nil || job.TTLSecondsAfterFinished == nil {
				t.Errorf("%s lacks backoffLimit, activeDeadlineSeconds or ttlSecondsAfterFinished", name)
			}
		}
	})
}

// One run at a time, at times that Kubernetes can read.
func TestCronJobs(t *testing.T) {
	m := mustRender(t, manifests+"/base")
	for _, c := range m.cronJobs {
		if c.Spec.ConcurrencyPolicy != batchv1.ForbidConcurrent {
			t.Errorf("%s: concurrencyPolicy %s", c.Name, c.Spec.ConcurrencyPolicy)
		}
		schedule, err := cron.ParseStandard(c.Spec.Schedule)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if c.Spec.TimeZone == nil {
			t.Fatalf("%s has no time zone", c.Name)
		}
		if _, err := time.LoadLocation(*c.Spec.TimeZone); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		first := schedule.Next(time.Unix(0, 0))
		period := schedule.Next(first).Sub(first)
		late := time.Duration(*c.Spec.StartingDeadlineSeconds) * time.Second
		// Kubernetes looks every ten seconds: less would miss turns.
		if late < 10*time.Second || late > period {
			t.Errorf("%s may start %s late, at a period of %s", c.Name, late, period)
		}
	}
}
