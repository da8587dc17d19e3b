// Package storagebench compares the mirror's storage with the designs that it
// was chosen over, on the same rows in the same engine: `make bench-storage`.
package storagebench
