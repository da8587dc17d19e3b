package main

import (
	"os"
	"testing"

	"syncer/internal/embedded/embeddedtest"
)

func TestMain(m *testing.M) { os.Exit(embeddedtest.Main(m)) }
