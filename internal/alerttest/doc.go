// Package alerttest tests the alerts below deploy/k8s with what Prometheus and its
// promtool are made of: its parser of rules, its query language and its notation of
// series. It is a module of its own, so that those stay out of syncer's.
//
// promtool's command itself, and package rules, would draw in the service discovery
// of every cloud (minutes to build), so that only an alert's "for" is ours.
package alerttest
