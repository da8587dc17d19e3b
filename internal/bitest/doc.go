// Package bitest reads a mirror through clients that others wrote, from npm: the
// official JavaScript client of ClickHouse and Cube's driver for it.
package bitest
