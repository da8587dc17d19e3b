//go:build race

package sync

// raceDetector says whether the race detector is on.
const raceDetector = true
