// Package k8stest tests the manifests below deploy/k8s with Kubernetes' own
// libraries. It is a module of its own, so that those stay out of syncer's.
//
// Kubernetes' modules are held at v0.33, the newest that kube-score v1.20 builds
// with. ExternalSecret's own types are not used: their package needs a
// controller-runtime that does not fit beside the others.
package k8stest
