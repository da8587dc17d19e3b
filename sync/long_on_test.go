//go:build long

package sync

// long says whether tests take the time that they want (make test-long).
const long = true
