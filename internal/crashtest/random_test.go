package crashtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"syncer/internal/embedded"
	"syncer/internal/embedded/embeddedtest"
)

// The moments of a replay are the same only as far as two runs take the same time.
var seedFlag = flag.Uint64("crash.seed", 0, "seed of TestKilledAtRandom; 0 draws one")

var kills = flag.Int("crash.kills", 30, "how often TestKilledAtRandom kills")

// TestKilledAtRandom kills runs at moments that no event marks.
func TestKilledAtRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-crash.seed=%d", seed)
	engine := embeddedtest.Start(t, t.TempDir())
	const lanes = 2 // at the same time
	for lane := range uint64(lanes) {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			killAtRandom(t, engine, fmt.Sprint("random_", lane), seed+lane, (*kills+int(lane))/lanes)
		})
	}
}

func killAtRandom(t *testing.T, engine *embedded.Engine, database string, seed uint64, times int) {
	t.Helper()
	b := newBench(t, engine, database, seed)
	random := rand.New(rand.NewPCG(seed, 1))
	b.mustRun(t, "once")
	began := time.Now()
	b.source.change(t, false)
	b.mustRun(t, "once")
	typical := time.Since(began)
	for killed, runs := 0, 0; killed < times; runs++ {
		if runs == 5*times {
			t.Fatalf("only %d of %d runs were still there to be killed within %s", killed, runs, typical)
		}
		command := []string{"once", "once", "reconcile"}[random.IntN(3)]
		reconcile := random.IntN(3) == 0
		delay := time.Duration(random.Int64N(int64(typical)))
		b.source.change(t, reconcile)
		if b.killAfter(t, delay, command).killed() {
			killed++
		}
		b.wholeReadings(t)
		b.source.change(t, reconcile)
		b.recover(t, reconcile, []event{event(fmt.Sprintf("%s, killed after %s", command, delay))})
	}
}
